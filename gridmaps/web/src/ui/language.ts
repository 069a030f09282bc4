// Which language the reader's browser asks for. The pages speak English; names and explanations come in both.
export const CHINESE = navigator.language.toLowerCase().startsWith("zh");

/** The explanation in the reader's language, or in the one that there is. */
export const inTongue = (english: string | undefined, chinese: string | undefined): string =>
  (CHINESE ? chinese || english : english || chinese) ?? "";
