"""What the matrix must be, as `make faults` prints it. `LEGEND` says how a cell reads."""

HEADING, *_ROWS = """\
                        Trade Map            doumaotong           Korea Customs        UN Comtrade          US Census            Eurostat Comext
connection refused      Down > stale 0/0     Down > stale 0/0     Down > stale 0/0     Down > stale 0/0     Down > stale 0/0     Down > stale 0/0
reset before an answer  Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
reset mid-body          Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
not HTTP                Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
slow first byte         answer 1/1           answer 1/1           answer 1/1           answer 1/1           answer 1/1           answer 1/1
no first byte in time   Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1
body stalls             Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1
body dribbles           Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1     Down > stale 1/1
400                     Refused 1/0          Refused 1/1          Refused 1/1          Refused 1/1          Refused 1/1          Refused 1/1
401                     Unauthorized 1/0     Refused 1/1          Unauthorized 1/1     Unauthorized 1/1     Unauthorized 1/1     Unauthorized 1/1
403                     Unauthorized 1/0     Refused 1/1          Unauthorized 1/1     Unauthorized 1/1     Unauthorized 1/1     Unauthorized 1/1
404                     Refused 1/0          Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1
422                     Refused 1/1          Refused 1/1          Refused 1/1          Refused 1/1          Refused 1/1          Refused 1/1
429                     Limited > stale 1/0  Limited > stale 3/3  Limited > stale 3/3  Limited > stale 3/3  Limited > stale 2/2  Limited > stale 3/3
429, wait 7 s           Limited > stale 2/0  Limited > stale 3/3  Limited > stale 3/3  Limited > stale 3/3  Limited > stale 2/2  Limited > stale 3/3
429, wait 50 min        Limited > stale 1/0  Limited > stale 1/1  Limited > stale 1/1  Limited > stale 1/1  Limited > stale 1/1  Limited > stale 1/1
quota used up           Quota > stale 1/0    -                    Quota > stale 1/1    Quota > stale 1/1    -                    -
500                     Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
502                     Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
503                     Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
503, wait 7 s           Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
HTML                    Changed > stale 1/1  Changed > stale 1/1  Down > stale 3/3     Down > stale 1/1     Down > stale 2/2     Down > stale 3/3
error envelope          Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Refused 1/1          TooLarge > stale 1/1 Down > stale 3/3
truncated               Changed > stale 1/1  Changed > stale 1/1  Down > stale 3/3     Changed > stale 1/1  Down > stale 2/2     Down > stale 3/3
wrong schema            Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1
empty                   Changed > stale 1/1  Changed > stale 1/1  Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
broken gzip             Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
cut-off gzip            Down > stale 1/1     Down > stale 3/3     Down > stale 3/3     Down > stale 3/3     Down > stale 2/2     Down > stale 3/3
50 MB                   answer 1/1           answer 1/1           answer 1/1           answer 1/1           answer 1/1           answer 1/1
80 MB                   TooLarge > stale 1/1 TooLarge > stale 1/1 TooLarge > stale 1/1 answer 1/1           TooLarge > stale 1/1 TooLarge > stale 1/1
gzip bomb               TooLarge > stale 1/1 TooLarge > stale 1/1 TooLarge > stale 1/1 TooLarge > stale 1/1 TooLarge > stale 1/1 TooLarge > stale 1/1
XML bomb                Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Down > stale 1/1     Down > stale 2/2     Changed > stale 1/1
100,000 deep            Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1  Changed > stale 1/1
""".splitlines()

EXPECTED = {row[: HEADING.index("Trade Map")].rstrip(): row for row in _ROWS}
"""Rows by the fault's name."""

_OF_STORES = """\
nothing                 5     3/3   0
disk full               3     3/3   0
disk filling            5     3/3   0
disk read-only          3     3/3   0
ledger: noise           3     3/3   0
ledger: damaged         3     3/3   0
ledger: foreign         3     3/3   0
ledger: a folder        3     3/3   0
cache: noise            5     0/3   0
cache: damaged          5     0/3   0
cache: foreign          5     0/3   0
cache: a folder         5     0/3   0
older                   5     3/3   0
newer                   3     3/3   0
two versions            5     3/3   0
race                    5     3/3   0
""".splitlines()

EXPECTED_OF_STORES = {row[:24].rstrip(): row for row in _OF_STORES}
"""Rows of the table of stores by the fault's name."""
