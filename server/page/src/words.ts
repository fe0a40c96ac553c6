/** The page's own words, in the host's language where it is one of three, and numbers as the host's locale writes them. */

const WORDS = {
  chart: ["Chart", "图表", "차트"],
  table: ["Table", "表格", "표"],
  notes: ["Notes", "说明", "참고"],
  use: ["Use", "使用", "활용"],
  values: ["Values", "数值", "값"],
  index: ["Index", "指数", "지수"],
  share: ["Share", "占比", "비중"],
  measure: ["Show", "显示", "표시"],
  log: ["Log scale", "对数坐标", "로그 눈금"],
  from: ["From", "从", "시작"],
  to: ["To", "至", "끝"],
  series: ["Series", "系列", "계열"],
  filter: ["Filter rows", "筛选", "행 거르기"],
  previous: ["Previous rows", "上一页", "이전 행"],
  next: ["Next rows", "下一页", "다음 행"],
  left: ["Series before", "前面的系列", "이전 계열"],
  right: ["Series after", "后面的系列", "다음 계열"],
  noRows: ["No row matches.", "没有匹配的行。", "맞는 행이 없습니다."],
  missing: ["no figure", "无数据", "수치 없음"],
  provisional: ["provisional", "初步数", "잠정치"],
  estimated: ["estimated", "估计数", "추정치"],
  suppressed: ["suppressed", "保密", "비공개"],
  conflicting: ["sources conflict", "数据冲突", "자료 상충"],
  rest: ["not shown", "其余", "나머지"],
  sandbox: ["SANDBOX: synthetic, not statistics", "SANDBOX：合成数据，非统计数据", "SANDBOX: 합성 자료, 통계 아님"],
  ofTotal: ["% of the total", "占总额的 %", "전체 대비 %"],
  base100: ["first figure shown = 100", "首个数值 = 100", "처음 값 = 100"],
  csv: ["Copy as CSV", "复制 CSV", "CSV 복사"],
  svg: ["SVG picture", "SVG 图片", "SVG 그림"],
  png: ["PNG picture", "PNG 图片", "PNG 그림"],
  cite: ["Copy the citation", "复制引用", "인용 복사"],
  tell: ["Tell the model what I see", "告诉模型我所看到的", "보고 있는 것을 모델에 알리기"],
  full: ["Full screen", "全屏", "전체 화면"],
  inline: ["Back into the conversation", "回到对话", "대화로 돌아가기"],
  copied: ["Copied.", "已复制。", "복사했습니다."],
  saved: ["Handed to the host.", "已交给宿主。", "호스트에 넘겼습니다."],
  byHand: ["Select all and copy:", "请全选并复制：", "모두 선택해 복사하세요:"],
  pictureByHand: ["Save the picture from its menu:", "请从菜单保存图片：", "그림의 메뉴에서 저장하세요:"],
  told: ["The model knows what you see.", "模型已了解。", "모델에 알렸습니다."],
  untold: ["This host passes nothing on to the model.", "此宿主不向模型转达。", "이 호스트는 모델에 전하지 않습니다."],
  deeper: ["Look deeper", "深入查看", "자세히 보기"],
  overTime: ["Over time", "历年走势", "시계열"],
  months: ["Months of", "月度", "월별"],
  parts: ["Parts of", "细分", "세부 품목"],
  bothEnds: ["Both ends' reports", "双方统计", "양측 통계"],
  ask: ["Ask", "查询", "조회"],
  costs: ["A call of it costs", "每次调用的费用", "호출 비용"],
  cancel: ["Cancel", "取消", "취소"],
  back: ["Back", "返回", "뒤로"],
  asking: ["Asking …", "查询中…", "조회 중…"],
  waiting: ["Waiting for the figures …", "等待数据…", "수치를 기다리는 중…"],
  again: ["Ask again", "重新查询", "다시 조회"],
  nothing: [
    "This host passed no figures on to the page, and nothing by which to ask for them. The answer in the conversation has them in words.",
    "宿主没有把数据传给此页面，也没有可供查询的参数。对话中的回答以文字给出了数据。",
    "호스트가 이 페이지에 수치를 전하지 않았고, 조회할 인수도 없습니다. 대화의 답변에 글로 있습니다.",
  ],
  noHost: [
    "No host answers: this page shows charts inside a conversation.",
    "没有宿主应答：此页面在对话中显示图表。",
    "응답하는 호스트가 없습니다. 이 페이지는 대화 안에서 차트를 보여 줍니다.",
  ],
  cancelled: ["The call was cancelled.", "调用已取消。", "호출이 취소되었습니다."],
  wordsOnly: [
    "Only the words of the answer arrived, with rounded figures.",
    "仅收到回答的文字，数值已四舍五入。",
    "답변의 글만 도착했으며 수치는 반올림되어 있습니다.",
  ],
  keys: [
    "Arrow keys move through the figures, Enter looks deeper.",
    "方向键浏览数据，回车深入查看。",
    "화살표 키로 수치를 살피고 Enter로 자세히 봅니다.",
  ],
  provisionalHint: [
    "Hollow or pale: provisional or estimated.",
    "空心或浅色：初步数或估计数。",
    "속이 비었거나 옅은 것: 잠정치 또는 추정치.",
  ],
  unplaced: ["no place", "无位置", "위치 없음"],
} as const;

export type Word = keyof typeof WORDS;

let language = 0;
let locale = "en";

export function speak(wanted: string | undefined): void {
  try {
    locale = Intl.getCanonicalLocales(wanted ?? navigator.language)[0] ?? "en";
  } catch {
    locale = "en"; // the host's is no language tag
  }
  language = locale.startsWith("zh") ? 1 : locale.startsWith("ko") ? 2 : 0;
  document.documentElement.lang = ["en", "zh", "ko"][language] ?? "en";
  forms.clear();
}

export function say(word: Word): string {
  return WORDS[word][language] ?? WORDS[word][0];
}

const forms = new Map<string, Intl.NumberFormat>();

/** A number as the locale writes it, with so many decimals at most, and at least. */
export function number(value: number, most = 2, least = 0): string {
  const key = `${most} ${least}`;
  let form = forms.get(key);
  if (!form) {
    form = new Intl.NumberFormat(locale, { maximumFractionDigits: most, minimumFractionDigits: least });
    forms.set(key, form);
  }
  return form.format(value);
}

/** Every digit that was answered, but for percents and indices of our own, which have two. */
export function exact(value: number, ours = false): string {
  return number(value, ours ? 2 : 12);
}

const POWERS = [
  ["", "thousand ", "million ", "billion ", "trillion "],
  ["", "千", "百万", "十亿", "万亿"],
  ["", "천 ", "백만 ", "십억 ", "조 "],
];
const UNITS: Record<string, string[]> = {
  "US dollars": ["US dollars", "美元", "미국 달러"],
  percent: ["%", "%", "%"],
};

export function unitName(unit: string, power = 0): string {
  return `${POWERS[language]?.[power] ?? ""}${UNITS[unit]?.[language] ?? unit}`;
}
