const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Forms of a moment that parseWhen reads. */
export const whenForms = '18:00, tomorrow 9:00, Friday 18:00, 2026-12-24 18:00';

/**
 * The next moment that words mean, in local time: `18:00`, `tomorrow 9:00`, `Friday 18:00`, `2026-12-24 18:00`. Undefined for other words and for
 * a date that has passed.
 */
export function parseWhen(text: string, now: Date = new Date()): Date | undefined {
  const words = /^(?:(.+?)[ T])?(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!words) return undefined;
  const [, day = '', hours, minutes] = words;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  const at = (year: number, month: number, date: number) =>
    new Date(year, month, date, Number(hours), Number(minutes));
  const inDays = (days: number) => at(now.getFullYear(), now.getMonth(), now.getDate() + days);
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (date) {
    const [year, month, number] = date.slice(1).map(Number) as [number, number, number];
    const found = at(year, month - 1, number);
    // 30 February is another day.
    return found.getMonth() === month - 1 && found > now ? found : undefined;
  }
  const name = day.trim().toLowerCase();
  if (name === 'today') return inDays(0) > now ? inDays(0) : undefined;
  if (name === 'tomorrow') return inDays(1);
  if (name === '') return inDays(0) > now ? inDays(0) : inDays(1);
  const weekday = weekdays.findIndex((one) => name.length >= 3 && one.startsWith(name));
  if (weekday === -1) return undefined;
  const days = (weekday - now.getDay() + 7) % 7;
  return inDays(days) > now ? inDays(days) : inDays(days + 7);
}

/** A moment in local time: `Fri 27 Nov 18:00`. */
export function formatWhen(date: Date): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', options).format(date);
  const time = part({ hour: '2-digit', minute: '2-digit', hour12: false });
  return `${part({ weekday: 'short' })} ${date.getDate()} ${part({ month: 'short' })} ${time}`;
}
