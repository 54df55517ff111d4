// How the peers are measured: CPU time, warmed up, samples of about 20 ms; BENCH_QUICK=1 takes fewer of them.
// SPDX-License-Identifier: Apache-2.0
'use strict';
const cpuMs = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

// work may give a promise, which is awaited. {median, spread} in ms.
async function measure(work) {
  const times = async (n) => { // an answer at once is not awaited
    for (let i = 0; i < n; i++) {
      const r = work();
      if (r && typeof r.then === 'function') await r;
    }
  };
  const from = cpuMs();
  let runs = 0; // in quick runs too: code that is not compiled yet would flatter the other side
  while (cpuMs() < from + 1500 || runs < 3) { await times(1); runs++; }
  const batch = Math.max(1, Math.round(20 / ((cpuMs() - from) / runs)));
  const samples = [];
  for (let i = 0; i < (process.env.BENCH_QUICK ? 7 : 31); i++) {
    const start = cpuMs();
    await times(batch);
    samples.push((cpuMs() - start) / batch);
  }
  samples.sort((a, b) => a - b);
  return { median: quantile(samples, 0.5), spread: quantile(samples, 0.75) - quantile(samples, 0.25) };
}

module.exports = { measure };
