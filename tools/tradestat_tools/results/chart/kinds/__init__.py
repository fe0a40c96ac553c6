"""Each kind of chart, from lines to what its figure holds."""
