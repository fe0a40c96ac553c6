"""The US Census Bureau's International Trade data sets."""
