/* message - see message.h: what a command says of itself, whoever carries it. */
#include "bus/message.h"

static const ProtobufCFieldDescriptor *
dry_run_of(const ProtobufCMessageDescriptor *d)
{
	const ProtobufCFieldDescriptor *f = protobuf_c_message_descriptor_get_field_by_name(d, "dry_run");

	return f && f->type == PROTOBUF_C_TYPE_BOOL && f->label != PROTOBUF_C_LABEL_REPEATED ? f : NULL;
}

bool
message_may_be_dry(const ProtobufCMessageDescriptor *d)
{
	return dry_run_of(d);
}

bool
message_is_dry(const ProtobufCMessage *m)
{
	const ProtobufCFieldDescriptor *f = dry_run_of(m->descriptor);
	const char *at = (const char *)m;
	protobuf_c_boolean said;
	uint32_t which;

	if (!f)
		return false;
	memcpy(&said, at + f->offset, sizeof said);
	memcpy(&which, at + f->quantifier_offset, sizeof which);
	return said && (!(f->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) || which == f->id);
}
