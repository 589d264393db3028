# event_list.awk - C source with the messages that stand under a heading "// ---- events…" in the .proto files given.
# protobuf-c keeps no list of the messages it made, and a list kept by hand would forget one.
function c_name(s) {            # FindingNoted → finding_noted, as protoc-c names it
	gsub(/[A-Z]/, "_&", s)
	sub(/^_/, "", s)
	return tolower(s)
}
FNR == 1 { package = ""; heading = "" }
/^package / { package = $2; sub(/;.*/, "", package) }
/^\/\/ ----/ { heading = $0 }
/^message / && heading ~ /^\/\/ ---- events/ {
	name = $2
	sub(/[^A-Za-z0-9].*/, "", name)
	if (!(package in included)) {
		included[package] = 1
		includes = includes sprintf("#include \"%s.pb-c.h\"\n", package)
	}
	rows = rows sprintf("\t{ &%s__%s__descriptor, %s },\n", package, c_name(name), heading ~ /that stay inside/ ? "true" : "false")
}
END {
	printf "/* Made by event_list.awk. */\n#include \"bus/event_types.h\"\n%s\nconst struct event_type event_list[] = {\n%s};\n", includes, rows
	print "const size_t event_list_len = sizeof(event_list) / sizeof(event_list[0]);"
}
