"""The scripted agent: for each question the calls to make and where the answer stands in what comes back.

It does no arithmetic and knows no truth: what it answers it has read in a result. So it shows what the server can
answer, in how many calls.
"""
