"""What the tools of this source give back. Amounts are in RMB yuan; `...Percent`, `...Rate` and shares in percent.

Names are the older documented form's; fields that only the current form has keep its names. None is "not given".
"""
