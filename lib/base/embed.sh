#!/bin/sh
# embed.sh FILE - C source with the file's bytes as a NUL-ended string: data/calendar.csv → const char data_calendar_csv[].
set -eu
name=$(basename "$1" | tr '.-' '__')
printf '/* Made by embed.sh from %s. */\nextern const char data_%s[];\nconst char data_%s[] = {\n' "$(basename "$1")" "$name" "$name"
od -An -v -tu1 "$1" | sed 's/\([0-9][0-9]*\)/\1,/g'
printf '0};\n'
