// The published document: fetched, judged by a validator, and made into functions that judge what is sent and answered.
import { Validator } from '@seriousme/openapi-schema-validator'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

const METHODS = ['get', 'put', 'post', 'delete', 'patch']

function resolved(document, value) {
	while (value?.$ref) value = value.$ref.slice(2).split('/').reduce((at, name) => at[name], document)
	return value
}

// What an object of several says, as one: closed one by one, each would refuse the others' members.
function joined(document, parts) {
	const all = parts.map((part) => resolved(document, part))
	return { type: 'object', properties: Object.assign({}, ...all.map((part) => part.properties)), required: all.flatMap((part) => part.required ?? []) }
}

// An answer may have members that the document does not know yet, as far as a client is concerned; here it may not.
function closed(document, schema = document) {
	if (Array.isArray(schema)) return schema.map((one) => closed(document, one))
	if (!schema || typeof schema !== 'object') return schema
	if (Array.isArray(schema.allOf)) return closed(document, joined(document, schema.allOf))
	const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(document, value)]))
	if (schema.type === 'object' && schema.properties && typeof schema.properties === 'object') copy.additionalProperties = false
	return copy
}

export class Contract {
	constructor(document) {
		this.document = document
		this.ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }))
		this.ajv.addSchema(closed(document), 'document')
		this.compiled = new Map()
		this.seen = new Set()           // "Schema value", of answers
		this.operations = []
		for (const [path, methods] of Object.entries(document.paths))
			for (const method of METHODS)
				if (methods[method]) this.operations.push({ path, method, ...methods[method] })
	}

	static async judge(document) {
		const { valid, errors } = await new Validator().validate(structuredClone(document))
		return valid ? '' : JSON.stringify(errors)
	}

	operation(id) {
		return this.operations.find((o) => o.operationId === id)
	}

	resolve(value) {
		return resolved(this.document, value)
	}

	parameters(operation, place) {
		return operation.parameters.map((p) => this.resolve(p)).filter((p) => p.in === place)
	}

	// "" or what is wrong with the value, by the schema at that place of the document.
	faults(value, ...place) {
		const at = place.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent).join('/')
		if (!this.compiled.has(at)) this.compiled.set(at, this.ajv.compile({ $ref: `document#/${at}` }))
		const validate = this.compiled.get(at)
		return validate(value) ? '' : this.ajv.errorsText(validate.errors)
	}

	bodyType(operation) {
		return operation.requestBody && Object.keys(operation.requestBody.content)[0]
	}

	bodySchema(operation) {
		const content = Object.values(operation.requestBody.content)[0]
		return this.resolve(content['x-line'] ?? content.schema)
	}

	bodyFaults(operation, value) {
		const type = this.bodyType(operation)
		const what = operation.requestBody.content[type]['x-line'] ? 'x-line' : 'schema'
		return this.faults(value, 'paths', operation.path, operation.method, 'requestBody', 'content', type, what)
	}

	// What is wrong with an answer: a status or type that the document does not have, or a body that is not as it says.
	answerFaults(operation, answer) {
		const said = operation.responses[answer.status]
		if (!said) return `status ${answer.status} is not in the document: ${answer.text.slice(0, 200)}`
		const response = this.resolve(said)
		for (const [name, header] of Object.entries(response.headers ?? {}))
			if (header.required && !answer.headers.get(name)) return `status ${answer.status} has no ${name}`
		if (!response.content) return answer.text ? `status ${answer.status} has a body` : ''
		const type = Object.keys(response.content).find((t) => answer.type.toLowerCase().replaceAll(' ', '') === t.toLowerCase().replaceAll(' ', ''))
		if (!type) return `${answer.status} is of type ${answer.type}`
		const place = said.$ref
			? [...said.$ref.slice(2).split('/'), 'content', type]
			: ['paths', operation.path, operation.method, 'responses', String(answer.status), 'content', type]
		return this.contentFaults(response.content[type], answer, place)
	}

	contentFaults(content, answer, place) {
		const lines = content['x-line'] !== undefined
		if (!lines && !/json/.test(answer.type)) return ''
		for (const text of lines ? answer.text.split('\n').filter(Boolean) : [answer.text]) {
			const value = JSON.parse(text)
			const fault = this.faults(value, ...place, lines ? 'x-line' : 'schema')
			if (fault) return `${fault}: ${text.slice(0, 300)}`
			this.note(lines ? content['x-line'] : content.schema, value)
		}
		return ''
	}

	// Remembers which of the listed values stand in an answer.
	note(schema, value, name = '') {
		if (schema.$ref) return this.note(this.resolve(schema), value, schema.$ref.split('/').at(-1))
		if (schema.enum) return void this.seen.add(`${name} ${value}`)
		for (const part of [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) this.note(part, value, name)
		if (Array.isArray(value)) return value.forEach((item) => schema.items && this.note(schema.items, item, name))
		if (!value || typeof value !== 'object') return
		for (const [member, inner] of Object.entries(value)) {
			const at = schema.properties?.[member] ?? schema.additionalProperties
			if (at) this.note(at, inner, `${name}.${member}`)
		}
	}

	// "Schema value" of every value that some answer may have, as the document says.
	listed() {
		const found = new Set()
		const walked = new Set()
		const walk = (schema, name) => {
			if (schema.$ref) {
				if (walked.has(schema.$ref)) return
				walked.add(schema.$ref)
				return walk(this.resolve(schema), schema.$ref.split('/').at(-1))
			}
			for (const value of schema.enum ?? []) found.add(`${name} ${value}`)
			for (const part of [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) walk(part, name)
			if (schema.items) walk(schema.items, name)
			for (const [member, inner] of Object.entries(schema.properties ?? {})) walk(inner, `${name}.${member}`)
			if (schema.additionalProperties instanceof Object) walk(schema.additionalProperties, name)
		}
		for (const o of this.operations)
			for (const said of Object.values(o.responses))
				for (const content of Object.values(this.resolve(said).content ?? {})) walk(content['x-line'] ?? content.schema ?? {}, o.operationId)
		return found
	}
}
