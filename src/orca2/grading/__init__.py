"""From a completion to a verdict: judges for open answers, and what cut and failed answers count as."""
