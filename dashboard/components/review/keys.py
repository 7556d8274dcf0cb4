"""The key R. Streamlit keeps R for itself (it runs the page again), so no button can have it as its shortcut."""

from __future__ import annotations

import streamlit as st

_SCRIPT = """<script>
if (!window.streamgaugeReviewKey) {
  window.streamgaugeReviewKey = true;
  window.addEventListener('keydown', (event) => {
    const typing = event.target.closest && event.target.closest('input, textarea, select, [contenteditable=true]');
    const button = document.querySelector('.st-key-review_mode button');
    const other = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key.toLowerCase() !== 'r' || other || typing || !button || button.disabled) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    button.click();
  }, true);
}
</script>"""


def listen_for_review_mode() -> None:
    """Let R press the button with the key `review_mode`, where there is one and nobody types."""
    st.html(_SCRIPT, unsafe_allow_javascript=True)
