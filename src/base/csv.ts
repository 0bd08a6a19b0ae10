/** A value of a CSV file (RFC 4180). */
export const csvCell = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A text that a spreadsheet would take for a formula, with an apostrophe in front: https://owasp.org/www-community/attacks/CSV_Injection */
export const harmless = (text: string): string =>
  /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
