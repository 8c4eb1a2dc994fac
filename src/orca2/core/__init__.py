"""The nouns, and the pure logic over them: choosing, comparing, erasing, n-grams, packing, splitting, statistics.

Nothing here touches torch, the disk, the network or the clock.
"""
