// Finds text that is cut off, text that overlaps other text, and a page that is wider than the screen.
// Returns one sentence for each fault. Text in an area that scrolls is not cut, and an ellipsis is meant.
() => {
  const faults = [];
  const root = document.querySelector('[role=dialog]') || document.body;
  const shown = (text) => JSON.stringify(text.trim().replace(/\s+/g, ' ').slice(0, 60));

  for (const box of [document.scrollingElement, document.querySelector('[data-testid=stMain]')]) {
    if (box && box.scrollWidth > box.clientWidth + 1) {
      faults.push(`the page is ${box.scrollWidth} px wide on a screen of ${box.clientWidth}`);
    }
  }

  const hidden = (element) => {
    for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.display === 'none' || style.visibility === 'hidden' || Number(style.opacity) < 0.1) return true;
      if (at.getAttribute('aria-hidden') === 'true' && !(at instanceof SVGElement)) return true;
      const box = at.getBoundingClientRect();
      if (style.overflow !== 'visible' && (box.width <= 1 || box.height <= 1)) return true;
    }
    return false;
  };

  // What is left of a rectangle after everything that clips it; `cut` tells when something that cannot scroll did.
  const clipped = (element, rectangle) => {
    let { left, top, right, bottom } = rectangle;
    let cut = false;
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const box = at.getBoundingClientRect();
      const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
      const meant = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none';
      if (!scrolls && !meant && (right > box.right + 2 || left < box.left - 2)) cut = true;
      left = Math.max(left, box.left); right = Math.min(right, box.right);
      if (at.getAttribute('data-testid') !== 'stMain') {
        top = Math.max(top, box.top); bottom = Math.min(bottom, box.bottom);
      }
    }
    return { left, top, right, bottom, cut };
  };

  const pieces = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.textContent.trim() || !element || /^(SCRIPT|STYLE|NOSCRIPT|OPTION|CANVAS)$/.test(element.tagName)) continue;
    if (element.closest('canvas, [data-testid=stStatusWidget], [data-testid=stIconMaterial], .gtitle, .hoverlayer')) continue;
    if (hidden(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rectangle of range.getClientRects()) {
      if (rectangle.width < 2 || rectangle.height < 2) continue;
      const seen = clipped(element, rectangle);
      if (seen.cut) faults.push(`cut off: ${shown(node.textContent)}`);
      if (seen.right - seen.left > 2 && seen.bottom - seen.top > 2) pieces.push({ ...seen, element, text: node.textContent });
    }
  }

  for (let one = 0; one < pieces.length; one++) {
    for (let other = one + 1; other < pieces.length; other++) {
      const a = pieces[one], b = pieces[other];
      if (a.element === b.element || a.element.contains(b.element) || b.element.contains(a.element)) continue;
      const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (width > 3 && height > 5) faults.push(`overlapping: ${shown(a.text)} and ${shown(b.text)}`);
    }
  }
  return [...new Set(faults)];
}
