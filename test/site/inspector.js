// runs in each page of site.test.ts, which asks `inspect` what it finds
(() => {
  const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);

  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };

  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = numbers(getComputedStyle(at).backgroundColor);
      if (color[3] !== 0) return color.slice(0, 3);
    }
    return [255, 255, 255];
  };

  /** Of a text to what lies behind it, as WCAG counts it. */
  function contrast(element) {
    const behind = ground(element);
    const { color, opacity } = getComputedStyle(element);
    const text = numbers(color)
      .slice(0, 3)
      .map((value, index) => value * Number(opacity) + behind[index] * (1 - Number(opacity)));
    const [light, dark] = [luminance(text), luminance(behind)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  }

  const named = (element) =>
    `${element.tagName}.${element.className} ${element.textContent.slice(0, 30)}`;
  const shortWords = /(?<![\p{L}\p{N}])[\p{L}\p{N}]{2,20}(?![\p{L}\p{N}])/gu;
  const all = () =>
    [...document.querySelectorAll('body *')].filter(
      (element) => element.checkVisibility() && !element.closest('.sr, script, option'),
    );

  const ruleTags = new Set(
    'HTML HEAD META TITLE LINK SCRIPT BODY HEADER A BUTTON MAIN DIV H1 P SPAN ASIDE DL DT DD UL LI H2 NAV SECTION H3 PRE CODE B'.split(
      ' ',
    ),
  );

  /** A character that turns a text, set apart in what is to be copied. */
  const isTurning = (element) =>
    element.matches('pre bdi.turning') && /^\p{Bidi_Control}$/u.test(element.textContent);

  /** Elements and attributes that no template writes. */
  const strange = (page) =>
    [...page.querySelectorAll('*')].flatMap((element) => [
      ...(element.tagName === 'SCRIPT' &&
      element.id !== 'data' &&
      !/^(?:\.\.\/)?site\.js$/.test(element.getAttribute('src'))
        ? ['a script']
        : []),
      ...[...element.attributes].flatMap(({ name }) =>
        name.startsWith('on') || name === 'style' ? [`${element.tagName} ${name}`] : [],
      ),
      ...(element.tagName === 'A' &&
      !/^(?:https?:\/\/|#|(?:\.\.\/)?(?:index|statistics|rules\/[a-z0-9_-]+|sources\/[a-z0-9_]+)\.html|[a-z0-9_-]+\.html|layer\.json$)/.test(
        element.getAttribute('href'),
      )
        ? [element.getAttribute('href')]
        : []),
    ]);

  globalThis.inspect = {
    isDark: () => luminance(ground(document.body)) < 0.1,

    /** Where the focus is: the name of a field, or a text. */
    focus: () => document.activeElement.getAttribute('name') ?? document.activeElement.textContent,

    outline: () => getComputedStyle(document.activeElement).outlineStyle,

    /** Texts with less contrast than WCAG's AA asks for. */
    faint() {
      const texts = all().filter((element) =>
        [...element.childNodes].some(
          (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '',
        ),
      );
      return [
        ...new Set(
          texts
            .filter((element) => contrast(element) < 4.5)
            .map((element) => `${named(element)} ${contrast(element).toFixed(2)}`),
        ),
      ];
    },

    /** What reaches over the edges of the screen, and what a finger would miss. */
    misfits() {
      const wide =
        document.documentElement.scrollWidth > innerWidth
          ? [`the page is ${document.documentElement.scrollWidth} wide`]
          : [];
      const found = all()
        .filter((element) => !element.closest('.matrix, pre'))
        .flatMap((element) => {
          const { left, right, height } = element.getBoundingClientRect();
          const isControl = element.matches(
            'button, input:not([type=checkbox]), select, .chips a, .back',
          );
          return [
            ...(right > innerWidth + 1 || left < -1 ? [`outside: ${named(element)}`] : []),
            ...(isControl && height < 24 ? [`small: ${named(element)}`] : []),
          ];
        });
      return [...new Set([...wide, ...found])];
    },

    /** Words in cells of tables that a line break goes through. */
    brokenWords() {
      const found = new Set();
      for (const cell of document.querySelectorAll('td, th')) {
        const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
          for (const { 0: word, index } of node.data.matchAll(shortWords)) {
            const range = document.createRange();
            range.setStart(node, index);
            range.setEnd(node, index + word.length);
            const tops = [...range.getClientRects()].map(({ top }) => Math.round(top));
            if (new Set(tops).size > 1) found.add(word);
          }
      }
      return [...found];
    },

    strange: () => strange(document),

    /** What a rule page has that its template does not write, or lacks. */
    shapeFaults(page = document) {
      const counts = [
        ['dl.facts', 1],
        ['section.target', 6],
        ['#sigma-rule', 1],
        ['aside', 1],
        ['body > *', 2],
        ['h1', 1],
      ];
      const tags = [...page.querySelectorAll('*')]
        .filter((one) => !ruleTags.has(one.tagName) && !isTurning(one))
        .map(({ tagName }) => tagName);
      const wrong = counts
        .filter(([selector, count]) => page.querySelectorAll(selector).length !== count)
        .map(([selector]) => selector);
      return [...new Set(tags), ...wrong, ...strange(page)];
    },
  };
})();
