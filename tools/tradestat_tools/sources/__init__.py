"""The sources, one folder each; `tradestat_tools.catalogue` lists them."""
