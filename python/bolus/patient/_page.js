(() => {
  const data = JSON.parse(document.getElementById("views").textContent), colours = {1: [239, 138, 98], 2: [88, 172, 220], 4: [232, 57, 70]};
  const ramp = data.ramp, state = {image: data.images[0], overlay: document.querySelector("input[name=overlay]:checked").value, outlines: true, opacity: 0.5, at: {}};
  const names = Object.keys(data.planes), sheets = {}, canvases = {}, scale = 3;
  const pixels = (picture) => { const c = document.createElement("canvas"); c.width = picture.width; c.height = picture.height; const g = c.getContext("2d", {willReadFrequently: true}); g.drawImage(picture, 0, 0); return g; };
  const load = (source) => new Promise((done, fail) => { const p = new Image(); p.onload = () => done(p); p.onerror = fail; p.src = source; });
  const draw = (name) => {
    const plane = data.planes[name], canvas = canvases[name], g = canvas.getContext("2d", {willReadFrequently: true}), k = state.at[name], w = plane.width, h = plane.height;
    const x0 = (k % plane.columns) * w, y0 = Math.floor(k / plane.columns) * h;
    g.imageSmoothingEnabled = true; g.imageSmoothingQuality = "high";
    g.drawImage(sheets[name][state.image].canvas, x0, y0, w, h, 0, 0, canvas.width, canvas.height);
    const out = g.getImageData(0, 0, canvas.width, canvas.height), marks = sheets[name].labels.getImageData(x0, y0, w, h).data;
    const over = data.overlays[state.overlay] ? sheets[name][state.overlay].getImageData(x0, y0, w, h).data : null, cw = canvas.width, ch = canvas.height;
    const column = new Int32Array(cw), row = new Int32Array(ch);
    for (let x = 0; x < cw; ++x) column[x] = Math.min(w - 1, Math.floor(x * w / cw));
    for (let y = 0; y < ch; ++y) row[y] = Math.min(h - 1, Math.floor(y * h / ch));
    for (let y = 0; y < ch; ++y) for (let x = 0; x < cw; ++x) {
      const p = 4 * (row[y] * w + column[x]), q = 4 * (y * cw + x);
      if (over && over[p]) { const c = ramp[over[p]]; for (let i = 0; i < 3; ++i) out.data[q + i] += (c[i] - out.data[q + i]) * state.opacity; }
      if (!state.outlines) continue;
      const own = marks[p], xr = column[Math.min(x + 1, cw - 1)], yd = row[Math.min(y + 1, ch - 1)], xl = column[Math.max(x - 1, 0)], yu = row[Math.max(y - 1, 0)];
      const near = [marks[4 * (row[y] * w + xr)], marks[4 * (yd * w + column[x])], marks[4 * (row[y] * w + xl)], marks[4 * (yu * w + column[x])]];
      if (own && near.some((other) => other !== own)) { const c = colours[own] || [255, 255, 255]; for (let i = 0; i < 3; ++i) out.data[q + i] = c[i]; }
    }
    g.putImageData(out, 0, 0);
    const place = (axis) => names.map((n) => data.planes[n]).find((other) => other.axis === axis);
    g.strokeStyle = "rgb(255 255 255 / 28%)"; g.lineWidth = 1; g.beginPath();
    for (const [index, [axis, backwards]] of [plane.across, plane.down].entries()) {
      const other = place(axis), n = names.find((m) => data.planes[m] === other), length = index ? h : w;
      let v = (other.slices[state.at[n]] + 0.5) / length; if (backwards) v = 1 - v;
      if (index) { g.moveTo(0, v * canvas.height); g.lineTo(canvas.width, v * canvas.height); } else { g.moveTo(v * canvas.width, 0); g.lineTo(v * canvas.width, canvas.height); }
    }
    g.stroke();
    document.getElementById(name + "-at").textContent = `${k + 1} / ${plane.slices.length}`;
  };
  const all = () => names.forEach(draw);
  const nearest = (plane, index) => plane.slices.reduce((best, s, k) => Math.abs(s - index) < Math.abs(plane.slices[best] - index) ? k : best, 0);
  const key = () => {
    const shown = data.overlays[state.overlay], box = document.getElementById("ramp"); box.hidden = !shown;
    if (!shown) return;
    document.getElementById("low").textContent = shown.low; document.getElementById("high").textContent = `${shown.high}${shown.units ? " " + shown.units : ""}`;
    const c = box.querySelector("canvas"), g = c.getContext("2d"); for (let x = 0; x < c.width; ++x) { g.fillStyle = `rgb(${ramp[1 + Math.floor(x * 254 / c.width)]})`; g.fillRect(x, 0, 1, c.height); }
  };
  const start = async () => {
    for (const name of names) {
      const plane = data.planes[name], canvas = canvases[name] = document.getElementById(name), slider = document.getElementById(name + "-slice");
      canvas.width = Math.round(plane.width * plane.mm[0] * scale); canvas.height = Math.round(plane.height * plane.mm[1] * scale);  // pixels per mm
      sheets[name] = {}; for (const [title, source] of Object.entries(plane.sheets)) sheets[name][title] = pixels(await load(source));
      state.at[name] = plane.start; slider.value = plane.start;
      slider.addEventListener("input", () => { state.at[name] = Number(slider.value); all(); });
      canvas.addEventListener("click", (event) => {
        const r = canvas.getBoundingClientRect(), share = [(event.clientX - r.left) / r.width, (event.clientY - r.top) / r.height];
        [plane.across, plane.down].forEach(([axis, backwards], i) => {
          const n = names.find((m) => data.planes[m].axis === axis), v = (backwards ? 1 - share[i] : share[i]) * (i ? plane.height : plane.width);
          state.at[n] = nearest(data.planes[n], v); document.getElementById(n + "-slice").value = state.at[n];
        });
        all();
      });
    }
    for (const input of document.querySelectorAll(".controls input")) input.addEventListener("input", () => {
      if (input.name === "image") state.image = input.value;
      if (input.name === "overlay") state.overlay = input.value;
      if (input.name === "outlines") state.outlines = input.checked;
      if (input.name === "opacity") state.opacity = Number(input.value);
      key(); all();
    });
    key(); all(); document.documentElement.dataset.ready = "yes";
  };
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  start();
})();
