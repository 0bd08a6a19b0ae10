/** Runs in the browser: tables are sorted by their heads and filtered by words. Nothing is loaded or sent. */
export const tableScript = `(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.v ?? cell.textContent.trim();
    const number = text === '' || text === '–' ? NaN : Number(text);
    return { text, number };
  };
  const sort = (table, head) => {
    const down = head.getAttribute('aria-sort') === 'descending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'ascending' : 'descending');
    const sign = down ? 1 : -1;
    const column = head.cellIndex;
    const rows = [...table.tBodies[0].rows].map((row) => ({ row, ...value(row, column) }));
    const numeric = rows.some(({ number }) => !Number.isNaN(number));
    rows.sort((a, b) => {
      if (numeric) {
        if (Number.isNaN(a.number) || Number.isNaN(b.number)) return Number.isNaN(a.number) - Number.isNaN(b.number);
        return sign * (a.number - b.number);
      }
      return sign * a.text.localeCompare(b.text, undefined, { numeric: true });
    });
    table.tBodies[0].append(...rows.map(({ row }) => row));
  };
  const filter = (input) => {
    const table = document.getElementById(input.dataset.table);
    const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    input.nextElementSibling.textContent = shown + ' of ' + table.tBodies[0].rows.length + ' rows';
  };
  document.addEventListener('click', (event) => {
    const button = event.target.closest('th > button.sort');
    if (button) sort(button.closest('table'), button.parentElement);
  });
  document.addEventListener('input', (event) => {
    if (event.target.matches('input.filter')) filter(event.target);
  });
})();`;

/** Asks the server that the page came from whether there is news, and takes its new content; what the reader opened, typed and sorted stays. */
export const liveScript = `(() => {
  let known = document.documentElement.dataset.version;
  const state = document.getElementById('live');
  const take = async () => {
    const text = await (await fetch('page', { cache: 'no-store' })).text();
    const next = new DOMParser().parseFromString(text, 'text/html');
    const opened = [...document.querySelectorAll('main details')].map((one) => one.open);
    const typed = [...document.querySelectorAll('input.filter')].map((one) => one.value);
    const sorted = [...document.querySelectorAll('main table.sortable')].map((table) =>
      [...table.tHead.rows[0].cells].map((head) => head.getAttribute('aria-sort')));
    document.querySelector('main').replaceWith(next.querySelector('main'));
    document.title = next.title;
    [...document.querySelectorAll('main details')].forEach((one, i) => { if (opened[i] !== undefined) one.open = opened[i]; });
    [...document.querySelectorAll('input.filter')].forEach((one, i) => {
      if (typed[i]) { one.value = typed[i]; one.dispatchEvent(new Event('input', { bubbles: true })); }
    });
    [...document.querySelectorAll('main table.sortable')].forEach((table, i) => {
      (sorted[i] ?? []).forEach((order, k) => {
        const button = order && table.tHead.rows[0].cells[k] && table.tHead.rows[0].cells[k].querySelector('button.sort');
        if (!button) return;
        button.click();
        if (order === 'ascending') button.click();
      });
    });
  };
  const look = async () => {
    try {
      const { version, active } = await (await fetch('state', { cache: 'no-store' })).json();
      if (version !== known) { known = version; await take(); }
      state.textContent = active ? 'live' : 'it has ended';
      setTimeout(look, active ? 2000 : 5000);
    } catch {
      state.textContent = 'not followed any more';
    }
  };
  setTimeout(look, 2000);
})();`;

/**
 * Where the page is shown without its folder, as in MLflow, which shows a copy of it in a frame, the files beside it cannot be opened: their
 * links become text, and a line says why.
 */
export const linkScript = `(() => {
  if (/^(file|https?):$/.test(location.protocol)) return;
  for (const link of document.querySelectorAll('main a[href^="."]')) link.removeAttribute('href');
  for (const note of document.querySelectorAll('.unlinked')) note.hidden = false;
})();`;
