// graphql-js on the texts of bench/micro/parse.c: one JSON row {workload, median, spread} each, in MB/s of CPU time.
// usage: NODE_PATH=<folder with the packages> node parse.cjs FILE...        FILE is <workload>.graphql
// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('fs');
const path = require('path');
const { parse } = require('graphql-17');

const quick = !!process.env.BENCH_QUICK;
const cpuMs = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1000; };
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

function measure(work) {
  const warm = cpuMs() + 1500; // in quick runs too: code that is not compiled yet would flatter the other side
  let runs = 0;
  const from = cpuMs();
  while (cpuMs() < warm || runs < 3) { work(); runs++; }
  const batch = Math.max(1, Math.round(20 / ((cpuMs() - from) / runs)));
  const samples = [];
  for (let i = 0; i < (quick ? 7 : 31); i++) {
    const start = cpuMs();
    for (let k = 0; k < batch; k++) work();
    samples.push((cpuMs() - start) / batch);
  }
  return samples.sort((a, b) => a - b);
}

for (const file of process.argv.slice(2)) {
  const text = fs.readFileSync(file, 'utf8');
  const bytes = Buffer.byteLength(text);
  const ms = measure(() => parse(text));
  const median = quantile(ms, 0.5);
  const mb = bytes / 1000 / median;
  const spread = (mb * (quantile(ms, 0.75) - quantile(ms, 0.25))) / median;
  console.log(JSON.stringify({ workload: path.basename(file, '.graphql'), median: mb, spread }));
}
