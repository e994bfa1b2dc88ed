'use strict';
(() => {
  const root = document.documentElement;
  const stored = (() => {
    try {
      return localStorage.getItem('theme');
    } catch {
      return null;
    }
  })();
  // before the first paint
  if (stored === 'light' || stored === 'dark') root.dataset.theme = stored;
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches);

  document.addEventListener('DOMContentLoaded', () => {
    setUpTheme();
    for (const button of document.querySelectorAll('.copy')) setUpCopy(button);
    if (document.getElementById('data')) setUpIndex();
    else setUpPage();
  });

  // the list's filters, for the way back from a page
  const listState = {
    get: () => {
      try {
        return sessionStorage.getItem('list') ?? '';
      } catch {
        return '';
      }
    },
    set: (hash) => {
      try {
        sessionStorage.setItem('list', hash);
      } catch {
        // the way back leads to the whole list
      }
    },
  };

  function setUpPage() {
    setUpTargets();
    const back = document.querySelector('.back');
    if (!back) return;
    // as the template wrote it: not every page is in a folder of its own
    const index = back.getAttribute('href');
    const state = listState.get();
    if (state.startsWith('#')) back.href = index + state;
    document.addEventListener('keydown', (event) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      location.href = `${index}#focus=1`;
    });
  }

  // the links to the queries become tabs: one query is shown at a time
  function setUpTargets() {
    const list = document.querySelector('.chips');
    const tabs = list ? [...list.querySelectorAll('a')] : [];
    if (tabs.length < 2) return;
    list.setAttribute('role', 'tablist');
    const panelOf = (tab) => document.getElementById(tab.hash.slice(1));
    const choose = (chosen) => {
      for (const tab of tabs) {
        tab.setAttribute('aria-selected', String(tab === chosen));
        tab.tabIndex = tab === chosen ? 0 : -1;
        panelOf(tab).hidden = tab !== chosen;
      }
    };
    for (const [index, tab] of tabs.entries()) {
      const panel = panelOf(tab);
      tab.id = `tab-${panel.id}`;
      tab.setAttribute('role', 'tab');
      tab.setAttribute('aria-controls', panel.id);
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', tab.id);
      tab.addEventListener('click', (event) => {
        event.preventDefault();
        history.replaceState(null, '', tab.hash);
        choose(tab);
      });
      tab.addEventListener('keydown', ({ key }) => {
        const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
        if (step === 0) return;
        const next = tabs[(index + step + tabs.length) % tabs.length];
        next.click();
        next.focus();
      });
    }
    const byHash = () => tabs.find(({ hash }) => hash === location.hash);
    choose(byHash() ?? tabs[0]);
    addEventListener('hashchange', () => {
      const tab = byHash();
      if (tab) choose(tab);
    });
  }

  function setUpTheme() {
    const button = document.querySelector('.theme');
    const label = () => {
      button.textContent = isDark() ? 'Light' : 'Dark';
      button.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours');
    };
    label();
    button.hidden = false;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      label();
      try {
        localStorage.setItem('theme', root.dataset.theme);
      } catch {
        // without storage the choice lasts as long as the page
      }
    });
  }

  function setUpCopy(button) {
    const code = button.closest('section').querySelector('code');
    const title = button.parentElement.querySelector('h2, h3').textContent;
    button.setAttribute('aria-label', `Copy ${title}`);
    button.hidden = false;
    button.addEventListener('click', async () => {
      const done = await copyText(code);
      button.textContent = done ? 'Copied' : 'Press Ctrl+C';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 1600);
    });
  }

  async function copyText(code) {
    try {
      await navigator.clipboard.writeText(code.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(code);
      return document.execCommand('copy');
    }
  }

  function setUpIndex() {
    const { rules, names: written } = JSON.parse(document.getElementById('data').textContent);
    // a map has no names of its own, as `constructor` is one of an object
    const names = new Map(Object.entries(written));
    const form = document.querySelector('.filters');
    const rows = document.getElementById('rows');
    const more = document.getElementById('more');
    const chip = document.getElementById('technique');
    // a screen and a half of rows: each one costs a search time
    const batch = 20;
    const fields = ['q', 'tactic', 'level', 'source', 'status'];
    let technique = '';
    let found = rules;
    let shown = 0;

    // what search looks at, in lower case; made once, when the list is there
    // the best places first: a word in the title is worth more than one in a value
    let texts;
    const makeTexts = () => rules.map(
      ([slug, title, description, level, status, sources, , techniques, , id, author, ruleFields, values]) =>
        [
          title,
          `${id} ${slug} ${techniques.map((technique) => `${technique} ${names.get(technique)}`).join(' ')}`,
          `${level} ${status} ${sources.join(" ")} ${ruleFields}`,
          values,
          `${description} ${author}`,
        ].map((text) => text.toLowerCase()),
    );
    const worth = [16, 8, 4, 2, 1];

    // 0 if a word is in none of the texts
    function scoreOf(index, words) {
      texts ??= makeTexts();
      let score = 0;
      for (const word of words) {
        const place = texts[index].findIndex((text) => text.includes(word));
        if (place === -1) return 0;
        const starts = place === 0 && ` ${texts[index][0]}`.includes(` ${word}`);
        score += worth[place] + (starts ? 8 : 0) + (starts && texts[index][0].startsWith(word) ? 4 : 0);
      }
      return score;
    }

    function element(name, properties, ...children) {
      const made = Object.assign(document.createElement(name), properties);
      made.append(...children);
      return made;
    }

    // toLocaleString loads tables first
    const number = (count) => String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');

    // a long name may go on in the next line after a slash or an underscore
    const breakable = (text) => text.split(/(?<=[/_])/).flatMap((part) => [document.createElement('wbr'), part]);

    function row([slug, title, description, level, status, sources, , techniques]) {
      const badge = element('span', { className: 'level', textContent: level });
      badge.dataset.level = level;
      const ids = techniques.map((id) => {
        const button = element('button', { type: 'button', textContent: id, title: `${names.get(id)}: list its rules` });
        button.dataset.technique = id;
        return button;
      });
      return element(
        'tr',
        {},
        element('td', {}, element('a', { href: `rules/${slug}.html`, textContent: title }), element('p', { textContent: description })),
        element('td', {}, ...(level ? [badge] : [])),
        element('td', { textContent: status }),
        element('td', {}, ...breakable(sources.join(', '))),
        element('td', {}, element('div', { className: 'ids' }, ...ids)),
      );
    }

    function showMore() {
      rows.append(...found.slice(shown, shown + batch).map(row));
      shown = Math.min(found.length, shown + batch);
    }

    const nearEnd = () => more.getBoundingClientRect().top < innerHeight + 800;
    const fill = () => {
      while (shown < found.length && !document.getElementById('rules').hidden && nearEnd()) showMore();
    };

    function apply() {
      const value = Object.fromEntries(fields.map((name) => [name, form.elements[name].value]));
      const words = value.q.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = ([, , , level, status, sources, tactics, techniques]) =>
        (!value.level || level === value.level) &&
        (!value.status || status === value.status) &&
        (!value.source || sources.includes(value.source)) &&
        (!value.tactic || tactics.includes(value.tactic)) &&
        (!technique || techniques.some((id) => id === technique || id.startsWith(`${technique}.`)));
      const scores = rules.map((_, index) => (words.length > 0 ? scoreOf(index, words) : 1));
      const kept = rules.map((_, index) => index).filter(
        (index) => scores[index] > 0 && fits(rules[index]),
      );
      // by title where the score is the same
      if (words.length > 0) kept.sort((a, b) => scores[b] - scores[a] || a - b);
      found = kept.map((index) => rules[index]);
      const filtered = technique !== '' || fields.some((name) => value[name]);
      document.getElementById('count').textContent = `${filtered ? `${number(found.length)} of ` : ''}${number(rules.length)} ${rules.length === 1 ? 'rule' : 'rules'}`;
      document.getElementById('none').hidden = found.length > 0;
      document.getElementById('clear').hidden = !filtered;
      document.querySelector('.list').hidden = found.length === 0;
      chip.hidden = technique === '';
      chip.textContent = `${technique} ${names.get(technique) ?? ''} ×`;
      chip.setAttribute('aria-label', `Stop filtering by ${technique}`);
      rows.replaceChildren();
      shown = 0;
      fill();
      remember(value);
    }

    // in the address, so that Back from a page finds the list as it was
    function remember(value) {
      const state = new URLSearchParams();
      for (const name of fields) if (value[name]) state.set(name, value[name]);
      if (technique) state.set('technique', technique);
      if (!document.getElementById('matrix').hidden) state.set('view', 'matrix');
      const hash = state.size > 0 ? `#${state}` : '';
      // asks another process, which the first paint need not wait for
      setTimeout(() => listState.set(hash));
      if (hash === location.hash) return;
      try {
        history.replaceState(null, '', hash || location.href.split('#')[0]);
      } catch {
        // some browsers forbid it for files
      }
    }

    function recall() {
      const state = new URLSearchParams(location.hash.slice(1));
      for (const name of fields) {
        form.elements[name].value = state.get(name) ?? '';
        // a select has no option of that name
        if (form.elements[name].selectedIndex === -1) form.elements[name].value = '';
      }
      technique = state.get('technique') ?? '';
      show(state.get('view') === 'matrix' ? 'matrix' : 'rules');
      apply();
      if (state.has('focus')) form.elements.q.focus();
    }

    function show(view) {
      for (const name of ['rules', 'matrix']) {
        const tab = document.getElementById(`tab-${name}`);
        document.getElementById(name).hidden = name !== view;
        tab.setAttribute('aria-selected', String(name === view));
        tab.tabIndex = name === view ? 0 : -1;
      }
    }

    function reset() {
      form.reset();
      technique = '';
    }

    function filterBy(choose) {
      reset();
      choose();
      show('rules');
      apply();
      scrollTo(0, 0);
    }

    for (const name of ['rules', 'matrix']) {
      const tab = document.getElementById(`tab-${name}`);
      const open = (view) => {
        show(view);
        apply();
      };
      tab.addEventListener('click', () => open(name));
      tab.addEventListener('keydown', (event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        const other = name === 'rules' ? 'matrix' : 'rules';
        open(other);
        document.getElementById(`tab-${other}`).focus();
      });
    }
    form.addEventListener('input', apply);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      rows.querySelector('a')?.click();
    });
    document.getElementById('clear').addEventListener('click', () => {
      reset();
      apply();
      form.elements.q.focus();
    });
    chip.addEventListener('click', () => {
      technique = '';
      apply();
    });
    rows.addEventListener('click', (event) => {
      const id = event.target.closest('[data-technique]')?.dataset.technique;
      if (id)
        filterBy(() => {
          technique = id;
        });
    });
    document.querySelector('.matrix').addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (!button) return;
      filterBy(() => {
        technique = button.dataset.technique ?? '';
        form.elements.tactic.value = button.dataset.tactic ?? '';
        if (form.elements.tactic.selectedIndex === -1) form.elements.tactic.value = '';
      });
    });
    for (const name of document.querySelectorAll('.column li > button > span')) {
      const text = name.firstChild;
      if (text.data.includes('/')) text.replaceWith(...breakable(text.data));
    }
    for (const [id, className, inverse] of [['gaps', 'no-gaps', true], ['subs', 'with-subs', false]]) {
      const box = document.getElementById(id);
      const change = () => document.querySelector('.matrix').classList.toggle(className, box.checked !== inverse);
      box.addEventListener('change', change);
      change();
    }
    const tested = document.getElementById('tested');
    const cells = [...document.querySelectorAll('.column li > button')].map((button) => [button, button.querySelector('b').textContent, button.parentElement.dataset.heat]);
    tested?.addEventListener('change', () => {
      const counts = new Map();
      for (const rule of rules) {
        if (!rule[8]) continue;
        for (const id of new Set(rule[7].flatMap((technique) => [technique, technique.slice(0, 5)]))) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      for (const [button, count, heat] of cells) {
        const own = counts.get(button.dataset.technique) ?? 0;
        button.querySelector('b').textContent = tested.checked ? own : count;
        button.parentElement.dataset.heat = tested.checked ? [1, 2, 5, 10, 25].filter((step) => own >= step).length : heat;
      }
    });
    addEventListener('scroll', fill, { passive: true });
    addEventListener('resize', fill);
    addEventListener('hashchange', recall);

    function move(step) {
      const links = [...rows.querySelectorAll('a')];
      const at = links.indexOf(document.activeElement);
      if (at + step >= links.length - 1 && shown < found.length) showMore();
      if (at + step < 0) return form.elements.q.focus();
      const next = rows.querySelectorAll('a')[at + step];
      next?.focus({ preventScroll: true });
      next?.closest('tr').scrollIntoView({ block: 'center' });
    }

    document.addEventListener('keydown', (event) => {
      const inText = event.target.matches('input[type=search]');
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '/' && !inText) {
        event.preventDefault();
        show('rules');
        apply();
        form.elements.q.focus();
        form.elements.q.select();
      } else if (event.key === 'Escape' && inText) {
        form.elements.q.value = '';
        apply();
      } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && (inText || rows.contains(document.activeElement) || event.target === document.body)) {
        if (document.getElementById('rules').hidden) return;
        event.preventDefault();
        move(event.key === 'ArrowDown' ? 1 : -1);
      }
    });

    recall();
    setTimeout(() => {
      texts ??= makeTexts();
    }, 200);
  }
})();
