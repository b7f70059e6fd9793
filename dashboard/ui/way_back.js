// One page, one step back. For one change of page Streamlit notes up to three addresses: the page being left without
// what was chosen on it, the new page with what it does not show, and the new page. Here the page being left keeps its
// address, and the others are one entry. A choice on a page is noted as Streamlit notes it.
(() => {
  if (window.__wayBack) return;
  window.__wayBack = true;
  let leaving = null;   // the address of the page whose link to another page was followed
  let arriving = false; // the page has changed, and nobody has touched it since
  const push = history.pushState.bind(history);

  const followed = (event) => {
    const link = event.target.closest?.('a[href]');
    const touched = event.type === 'click' || event.key === 'Enter';
    arriving = false;
    if (!touched) return;
    const elsewhere = link && link.origin === location.origin && link.pathname !== location.pathname;
    leaving = elsewhere ? location.href : null;
  };
  for (const kind of ['click', 'keydown']) document.addEventListener(kind, followed, true);
  window.addEventListener('popstate', () => { leaving = null; arriving = true; });

  history.pushState = (state, title, address) => {
    const there = new URL(address ?? location.href, location.href);
    if (there.pathname === location.pathname) {
      if (leaving || arriving) history.replaceState(state, title, address);
      else push(state, title, address);
      return;
    }
    if (leaving) history.replaceState(history.state, '', leaving);
    leaving = null;
    arriving = true;
    push(state, title, address);
  };
})();
