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

async function paint(node) {
  const chart = shown.get(node);
  const {figure, config, Plotly} = chart;
  const width = node.clientWidth;
  if (!Plotly || !width || (chart.drawn === figure && chart.width === width)) return;
  chart.drawn = figure;
  chart.width = width;
  await Plotly.react(node, figure.data, {uirevision: true, ...figure.layout, width}, config);
  node.dataset.painted = 1 + Number(node.dataset.painted ?? 0);
  if (chart.figure === figure) node.ariaBusy = 'false';
}

export default function ({data, parentElement}) {
  const {figure, alt, config, library} = JSON.parse(data);
  const node = parentElement.querySelector('[data-testid=chart]');
  const instead = parentElement.querySelector('[data-testid=chart-instead]');
  const chart = shown.get(node) ?? {};
  shown.set(node, Object.assign(chart, {figure, config}));
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
      return paint(node);
    })
    .catch(() => {
      node.ariaBusy = 'false';
      node.hidden = true;
      instead.hidden = false;
    });
  return () => {
    chart.observer.disconnect();
    chart.Plotly?.purge(node);
  };
}
