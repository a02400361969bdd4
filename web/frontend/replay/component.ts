// In place of a custom component, which a recording does not hold: says that it is there, so that
// Streamlit does not wait for it, and how high it is.

const tellStreamlit = (message: object) =>
  window.parent.postMessage({ isStreamlitMessage: true, ...message }, "*");
tellStreamlit({ type: "streamlit:componentReady", apiVersion: 1 });
addEventListener("load", () => tellStreamlit({ type: "streamlit:setFrameHeight", height: 60 }));

export {};
