"""The nouns, and the pure logic over them: choosing, erasing, packing, splitting, statistics.

Nothing here touches torch, the disk, the network or the clock.
"""
