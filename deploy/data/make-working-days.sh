#!/bin/sh
# make-working-days.sh > working_days.csv - the State Council's working calendar as a table of exceptions.
#
# In: the npm package chinese-days (MIT), fetched into a directory of its own that is removed again; needs node, npm, network.
# Out: one row per day that differs from "Monday to Friday are worked", in date order.
# Only for making the table anew when a year has been published; neither building nor running needs npm.
set -eu
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$made" chinese-days@1.5.7 >&2
node - "$made/node_modules/chinese-days/dist/chinese-days.json" <<'JS'
const { holidays, workdays } = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));
const weekend = day => [0, 6].includes(new Date(day + 'T00:00:00Z').getUTCDay());
const name = text => text.split(',')[1];
const rows = [
	...Object.entries(holidays).filter(([day]) => !weekend(day)).map(([day, text]) => `${day},0,${name(text)}`),
	...Object.entries(workdays).filter(([day]) => weekend(day)).map(([day, text]) => `${day},1,${name(text)}调休`),
].sort();
const years = [rows[0], rows[rows.length - 1]].map(row => row.slice(0, 4)).join('-');
console.log(`# Days of ${years} on which the State Council's calendar differs from Monday to Friday; working: 1 or 0. Later years are not published yet. Made by make-working-days.sh.`);
console.log('date,working,name');
console.log(rows.join('\n'));
JS
