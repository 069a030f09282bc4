// Keeps the reporting page on the phone. VERSION and FILES are put before this text by the build.
const CACHE = "gridmaps-report-" + VERSION;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("gridmaps-report-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

// The page itself comes from the network while there is one, so that a new version is seen at once.
const page = (request) => fetch(request).catch(() => caches.match("/report"));
const file = (request) => caches.match(request).then((kept) => kept || fetch(request));

// The city's facts (name, categories) are kept from the last time that the network had them.
async function facts(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (failed) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw failed;
  }
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname === "/report") event.respondWith(page(event.request));
  else if (address.pathname === "/api/v1/config") event.respondWith(facts(event.request));
  else if (FILES.includes(address.pathname)) event.respondWith(file(event.request));
});
