// Four pages, one build. The service worker of the reporter gets the list of the files that its page
// needs, so that the page opens again without a network.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const out = process.env.GRIDMAPS_PAGES_OUT ?? resolve(import.meta.dirname, "../static");
const base = "/";

type Chunk = { type: string; name?: string; isEntry?: boolean; imports?: string[]; fileName: string; code?: string;
  source?: string | Uint8Array; viteMetadata?: { importedCss?: Set<string>; importedAssets?: Set<string> } };

/** Every built file that the reporter page loads, without the pictures of the other pages. */
function filesOfReporter(bundle: Record<string, Chunk>): string[] {
  const wanted = new Set<string>();
  const walk = (file: string): void => {
    const chunk = bundle[file];
    if (!chunk || wanted.has(file)) return;
    wanted.add(file);
    chunk.imports?.forEach(walk);
    chunk.viteMetadata?.importedCss?.forEach((css) => wanted.add(css));
    chunk.viteMetadata?.importedAssets?.forEach((asset) => wanted.add(asset));
  };
  for (const chunk of Object.values(bundle)) if (chunk.isEntry && chunk.name === "report") walk(chunk.fileName);
  for (const file of Object.keys(bundle)) if (/plex.*\.woff2$/.test(file)) wanted.add(file);
  return [...wanted].sort();
}

function reportWorker(): Plugin {
  return {
    name: "report-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const files = filesOfReporter(bundle as unknown as Record<string, Chunk>);
      const version = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
      const head = `const VERSION = ${JSON.stringify(version)};\n` +
        `const FILES = ${JSON.stringify(["/report", ...files.map((file) => base + file)])};\n`;
      this.emitFile({ type: "asset", fileName: "report-worker.js", source: head + readFileSync("src/report/worker.js", "utf8") });
    },
  };
}

/** Leaflet lies beside the pages for the folium maps, which carry it inside themselves. */
function vendored(): Plugin {
  return {
    name: "vendored",
    apply: "build",
    closeBundle() {
      const vendor = resolve(out, "vendor");
      mkdirSync(vendor, { recursive: true });
      const modules = resolve(import.meta.dirname, "node_modules");
      for (const name of ["leaflet.js", "leaflet.css", "images"])
        cpSync(resolve(modules, "leaflet/dist", name), resolve(vendor, name), { recursive: true });
      for (const name of ["leaflet.markercluster.js", "MarkerCluster.css", "MarkerCluster.Default.css"])
        cpSync(resolve(modules, "leaflet.markercluster/dist", name), resolve(vendor, name));
    },
  };
}

export default defineConfig({
  base,
  plugins: [reportWorker(), vendored()],
  build: {
    target: "es2022",
    outDir: out,
    emptyOutDir: true,
    chunkSizeWarningLimit: 2000,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { console: resolve("console.html"), report: resolve("report.html"), plan: resolve("plan.html"),
        desk: resolve("desk.html") },
    },
  },
});
