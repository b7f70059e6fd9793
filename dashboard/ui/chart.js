// Draws a figure where it stands. New data goes to Plotly.react, so neither the drawing nor a zoom starts anew.

// The library, fetched once for all charts of the page; tried again with the next figure if it did not come.
let loading;
// What each chart shows now, by its element.
const shown = new WeakMap();

function load(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error('no library at the address')));
    script.onerror = () => reject(new Error('the library did not come'));
    document.head.append(script);
  }).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

// Words are measured when they are drawn, so their letters must be there first.
const fonts = new Map();

function letters({family, size}) {
  const font = `${size}px ${family}`;
  if (!fonts.has(font)) fonts.set(font, document.fonts.load(font).catch(() => []));
  return fonts.get(font);
}

// Drawings are made for a phone of 390 px and more: in less room, or with words that need more, they are scrolled.
const NARROWEST = 326;
const NARROW = 480;

// A reader's own letters or spacing may be wider than what the margins were worked out for: then words get more room.
function roomier(node, layout) {
  const frame = node.querySelector('.main-svg').getBoundingClientRect();
  const boxes = [...node.querySelectorAll('text')].map((text) => text.getBoundingClientRect()).filter((box) => box.width);
  const over = (edge, side) => Math.ceil(Math.max(0, ...boxes.map((box) => side * (box[edge] - frame[edge]))));
  const [left, right, tall] = [over('left', -1), over('right', 1), over('top', -1) + over('bottom', 1)];
  if (Math.max(left, right, tall) <= 2) return undefined;
  const {margin, height, width} = layout;
  return {
    ...layout,
    margin: {...margin, l: margin.l + left, r: margin.r + right},
    height: height + 2 * tall,
    width: width < NARROW ? width + left + right : width,
  };
}

// A drawing wider than its place is scrolled, by the keyboard too; the bar needs some height.
function fit(node, {width, height}) {
  const scrolls = width > node.clientWidth;
  node.style.height = `${height + (scrolls ? 16 : 0)}px`;
  if (scrolls) node.tabIndex = 0;
  else node.removeAttribute('tabindex');
}

async function paint(node) {
  const chart = shown.get(node);
  const {figure, config, Plotly} = chart;
  const width = node.clientWidth;
  const spacing = getComputedStyle(node).letterSpacing;
  if (!Plotly || !width || (chart.drawn === figure && chart.width === width && chart.spacing === spacing)) return;
  const now = {drawn: figure, width, spacing};
  Object.assign(chart, now);
  node.ariaBusy = 'true';
  let layout = {uirevision: true, ...figure.layout, width: Math.max(width, NARROWEST)};
  for (let turn = 0; layout && turn < 4; turn += 1) {
    fit(node, layout);
    await Plotly.react(node, figure.data, layout, config);
    // Meanwhile another figure, width or spacing may have come: that drawing goes on, this one ends.
    if (Object.keys(now).some((name) => chart[name] !== now[name])) return;
    layout = spacing === 'normal' ? undefined : roomier(node, layout);
  }
  if (!chart.listens) {
    node.on('plotly_click', (event) => {
      // The library draws the words of a clicked mark in a wrong place; what was clicked is said below the chart.
      Plotly.Fx.unhover(node);
      chart.clicked?.(event);
    });
  }
  chart.listens = true;
  node.dataset.painted = 1 + Number(node.dataset.painted ?? 0);
  if (chart.figure === figure) node.ariaBusy = 'false';
}

// Breaks words into lines no wider than `room`, measured as they will be drawn.
function lines(text, room, font) {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = font;
  return text.split(' ').reduce((found, word) => {
    const longer = `${found.at(-1)} ${word}`.trim();
    return pen.measureText(longer).width <= room ? [...found.slice(0, -1), longer] : [...found, word];
  }, ['']).filter(Boolean);
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// The drawing as a file of its own: its title above, who may have it below.
async function save({figure, picture, Plotly, width: place}) {
  const width = Math.max(place, NARROWEST);
  const height = figure.layout.height;
  const address = await Plotly.toImage(
    {data: figure.data, layout: {...figure.layout, width, paper_bgcolor: 'rgba(0,0,0,0)'}},
    {format: 'svg', width, height},
  );
  const inner = decodeURIComponent(address.slice(address.indexOf(',') + 1));
  const [ink, ground] = ['--ink', '--card'].map((name) => getComputedStyle(document.body).getPropertyValue(name).trim());
  const {family} = figure.layout.font;
  const above = lines(picture.title, width - 32, `600 18px ${family}`);
  const below = lines(picture.foot, width - 32, `12px ${family}`);
  const top = 24 + 24 * above.length;
  const words = (texts, y, step, style) => texts.map((text, place) =>
    `<text x="16" y="${y + step * place}" fill="${ink}" font-family="${escaped(family)}" ${style}>${escaped(text)}</text>`);
  const whole = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top + height + 18 + 16 * below.length}">`
    + `<rect width="100%" height="100%" fill="${ground}"/>`
    + words(above, 30, 24, 'font-size="18" font-weight="600"').join('')
    + `<g transform="translate(0 ${top})">${inner}</g>`
    + words(below, top + height + 14, 16, 'font-size="12"').join('') + '</svg>';
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([whole], {type: 'image/svg+xml'}));
  link.download = picture.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function tools(element, chart, answer, setTriggerValue) {
  const said = element.querySelector('[data-testid=chart-said]');
  const say = (text) => { said.textContent = text; };
  const {words} = chart;
  const copy = (text, done) => navigator.clipboard.writeText(text).then(() => say(done), () => say(words.no_copy));
  const [number, ...reason] = answer.split(' ');
  element.hidden = !chart.picture || !chart.Plotly;
  chart.say = say;
  if (chart.answered !== undefined && Number(number) > chart.answered && chart.waits) {
    chart.waits = false;
    if (reason.length) say(reason.join(' '));
    else save(chart).then(() => say(words.picture_saved));
  }
  chart.answered = Number(number);
  const tool = (name, act) => {
    const button = element.querySelector(`[data-tool=${name}]`);
    button.textContent = words[name];
    button.onclick = act;
  };
  const only = element.querySelector('[data-tool=only]');
  only.hidden = true;
  if (chart.hint && !said.textContent) say(chart.hint);
  // A click on a mark offers its group; only the button changes the page, so that reading a mark by touch does not.
  chart.clicked = ({points: [{customdata, data: trace}]}) => {
    const group = customdata ?? trace.meta;
    const offered = chart.groups[group];
    if (!offered) return;
    only.textContent = offered;
    only.hidden = false;
    only.onclick = () => setTriggerValue('only', group);
    say('');
  };
  tool('picture', () => {
    if (!chart.picture.asks) return save(chart).then(() => say(words.picture_saved));
    chart.waits = true;
    return setTriggerValue('picture', Date.now());
  });
  tool('sentence', () => copy(`${chart.picture.title}.`, words.sentence_copied));
  tool('link', () => copy(location.href, words.link_copied));
}

export default function ({data, parentElement, setTriggerValue}) {
  const cut = data.indexOf('\n');
  const {figure, alt, config, library, picture, groups, hint, words} = JSON.parse(data.slice(cut + 1));
  const answer = data.slice(0, cut);
  const node = parentElement.querySelector('[data-testid=chart]');
  const instead = parentElement.querySelector('[data-testid=chart-instead]');
  const below = parentElement.querySelector('[data-testid=chart-tools]');
  const chart = shown.get(node) ?? {};
  if (chart.figure && chart.alt !== alt) chart.say?.('');
  shown.set(node, Object.assign(chart, {figure, config, picture, alt, groups, hint, words}));
  instead.textContent = words.instead;
  node.ariaLabel = alt;
  node.ariaBusy = 'true';
  node.style.height = `${figure.layout.height}px`;
  chart.observer ??= new ResizeObserver(() => paint(node));
  Promise.all([load(library), letters(figure.layout.font)])
    .then(([Plotly]) => {
      chart.Plotly = Plotly;
      node.hidden = false;
      instead.hidden = true;
      chart.observer.observe(node);
      // A tool holds words: it changes its width when the reader changes how words are set.
      chart.observer.observe(below.querySelector('[data-tool=sentence]'));
      tools(below, chart, answer, setTriggerValue);
      return paint(node);
    })
    .catch(() => {
      node.ariaBusy = 'false';
      node.hidden = true;
      below.hidden = true;
      instead.hidden = false;
    });
  return () => {
    chart.observer.disconnect();
    chart.Plotly?.purge(node);
  };
}
