"""Files such as a person brings from the sites of China's and Korea's customs and of UN Comtrade."""

_CHINA_HEAD = (
    "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,贸易方式编码,贸易方式名称,"
    "第一数量,第一计量单位,第二数量,第二计量单位,美元,"
)
_CHINA_ROWS = [
    f'"2024{month:02d}","85076000","锂离子蓄电池","133","韩国","{mode}","{name}","1,000","个","2,500","千克","{value:,}",'
    for month in range(1, 13)
    for mode, name, value in (("10", "一般贸易", 300_000_000), ("14", "来料加工装配贸易", 40_000_000))
]
CHINA_TEXT = "\r\n".join([_CHINA_HEAD, *_CHINA_ROWS])
CHINA = CHINA_TEXT.encode("gb18030")
CHINA_NO_PERIODS = (
    "商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位,人民币\r\n"
    '"85076000","锂离子蓄电池","133","韩国","1,000","个","2,500","千克","7,000,000"\r\n'
).encode("gb18030")

KOREA_TEXT = (
    "기간,국가,HS코드,품목명,수출 중량,수출 금액(천불),수입 중량,수입 금액(천불),무역수지(천불)\r\n"
    "총계,,,,180,60,50,18,42\r\n"
    '2024-01,베트남,850760,리튬이온 축전지,"100","10","50","8","2"\r\n'
    "2024.02,중국,850760,리튬이온 축전지,80,50,0,10,40\r\n"
)
KOREA = KOREA_TEXT.encode("cp949")
KOREA_UNSAID = KOREA_TEXT.replace("(천불)", "").encode("utf-16")
COMTRADE = (
    b"typeCode,freqCode,refYear,period,reporterCode,reporterISO,flowCode,partnerCode,partnerISO,partner2Code,"
    b"classificationCode,cmdCode,customsCode,motCode,netWgt,primaryValue\r\n"
    b"C,A,2023,2023,410,KOR,X,156,CHN,0,H6,850760,C00,0,1200,45000.5\r\n"
    b"C,A,2023,2023,410,KOR,X,842,USA,0,H6,850760,C00,0,,98000\r\n"
)
COMTRADE_GAPS = (
    b"typeCode,freqCode,refYear,period,reporterCode,reporterISO,flowCode,partnerCode,partnerISO,partner2Code,"
    b"classificationCode,cmdCode,customsCode,motCode,netWgt,primaryValue,isReported,isAggregate\r\n"
    b"C,A,2022,2022,410,KOR,X,156,CHN,0,H6,850760,C00,0,1100,40000,True,False\r\n"
    b"C,A,2022,2022,410,KOR,X,392,JPN,0,H6,850760,C00,0,900,20000,True,False\r\n"
    b"C,A,2023,2023,410,KOR,X,156,CHN,0,H6,850760,C00,0,1200,45000,True,False\r\n"
    b"C,A,2023,2023,410,KOR,X,156,CHN,0,H5,850760,C00,0,1200,44000,False,True\r\n"
    b"C,A,2023,2023,410,KOR,X,842,USA,0,H6,850760,C00,0,,15000,True,False\r\n"
    b"C,A,2023,2023,410,KOR,X,392,JPN,0,H6,850760,C00,0,800,5,True,False\r\n"
    b"C,A,2023,2023,410,KOR,X,392,JPN,0,H5,850760,C00,0,800,608499941,True,False\r\n"
)
"""Of 2022 there is no row of the USA; China's of 2023 is reported and summed, Japan's reported in two ways."""

FILES = {
    "china-exports.csv": CHINA,
    "china-utf8.csv": CHINA_TEXT.encode("utf-8"),
    "korea.csv": KOREA,
    "korea-unsaid.csv": KOREA_UNSAID,
    "comtrade.csv": COMTRADE,
    "comtrade-gaps.csv": COMTRADE_GAPS,
    "notes.txt": b"nothing of use\n",
    "broken.csv": "数据年月,商品编码\r\n".encode("gb18030") + b"\xff\xfe\x00",
    "sandbox-china.csv": CHINA,
    "no-periods.csv": CHINA_NO_PERIODS,
}
"""By the names under which scenes save them."""
