"""China Customs' own statistics, which people export by hand."""
