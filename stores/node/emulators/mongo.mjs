// mongo.mjs: as much of a MongoDB as session stores use; data in memory.
//
// It speaks the wire protocol (OP_MSG, and OP_QUERY for the greeting of old
// drivers) and the commands of mongo/commands.mjs, with the filters and the
// updates of mongo/documents.mjs. It has no users, no transactions, no
// replica set, no change streams, no indexes but the one on _id, no sorting
// and no collations; what it does not know it refuses. Nothing expires by
// itself: a TTL index is made and forgotten, since real time is not the time
// of the cases. Its error codes are MongoDB's where they are known, but when
// it gives which is this file's doing: a store that goes by them is better
// tried on a real server (MONGODB_URL).

import net from 'node:net';
import { Database } from './mongo/commands.mjs';
import { requireOf } from './packages.mjs';
import { serve } from './serve.mjs';

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const HEADER = 16;
const CHECKSUM = 1; // flags of OP_MSG
const MORE_TO_COME = 2;
const LARGEST = 48000000;

const require = await requireOf('mongo');
const bson = require('bson');
const READING = { promoteLongs: false, bsonRegExp: true };
const database = new Database(bson);

// Reads whole messages out of the stream of bytes, and answers each.
function converse(socket) {
    let buffer = Buffer.alloc(0);
    socket.on('data', (bytes) => {
        buffer = Buffer.concat([buffer, bytes]);
        while (buffer.length >= HEADER) {
            const length = buffer.readInt32LE(0);
            if (length < HEADER || length > LARGEST) return socket.destroy();
            if (buffer.length < length) return;
            const message = buffer.subarray(0, length);
            buffer = buffer.subarray(length);
            try {
                const reply = answer(message);
                if (reply) socket.write(reply);
            } catch {
                return socket.destroy(); // no message of the protocol
            }
        }
    });
}

function answer(message) {
    const id = message.readInt32LE(4);
    const code = message.readInt32LE(12);
    const body = message.subarray(HEADER);
    if (code === OP_QUERY) return frame(OP_REPLY, id, answerQuery(body));
    if (code !== OP_MSG) throw new Error(`opcode ${code}`);
    const flags = body.readUInt32LE(0);
    const reply = database.run(readSections(body, flags));
    if (flags & MORE_TO_COME) return null;
    const head = Buffer.alloc(5); // no flags; a section of kind 0
    return frame(OP_MSG, id, Buffer.concat([head, write(reply)]));
}

function answerQuery(body) {
    const end = body.indexOf(0, 4);
    const namespace = body.toString('utf8', 4, end);
    const command = read(body.subarray(end + 9));
    command.$db = namespace.split('.')[0];
    const head = Buffer.alloc(20); // flags, cursor, start, number
    head.writeInt32LE(1, 16);
    return Buffer.concat([head, write(database.run(command))]);
}

// The command's document, and the sequences of documents that may follow it
// or come before it, each a member of it.
function readSections(body, flags) {
    const end = body.length - (flags & CHECKSUM ? 4 : 0);
    let command = {};
    for (let at = 4; at < end;) {
        const kind = body[at++];
        const length = body.readInt32LE(at);
        const section = body.subarray(at, at + length);
        at += length;
        if (length < 5) throw new Error(`a section of ${length} bytes`);
        if (kind === 0) command = { ...read(section), ...command };
        else if (kind === 1) Object.assign(command, readSequence(section));
        else throw new Error(`a section of kind ${kind}`);
    }
    return command;
}

function readSequence(section) {
    const end = section.indexOf(0, 4);
    const documents = [];
    for (let at = end + 1; at < section.length;) {
        const length = section.readInt32LE(at);
        if (length < 5) throw new Error(`a document of ${length} bytes`);
        documents.push(read(section.subarray(at, at + length)));
        at += length;
    }
    return { [section.toString('utf8', 4, end)]: documents };
}

function read(bytes) {
    const length = bytes.readInt32LE(0);
    return bson.deserialize(bytes.subarray(0, length), READING);
}

function write(document) {
    return bson.serialize(document, { ignoreUndefined: false });
}

function frame(code, responseTo, body) {
    const head = Buffer.alloc(HEADER);
    head.writeInt32LE(HEADER + body.length, 0);
    head.writeInt32LE(responseTo, 8);
    head.writeInt32LE(code, 12);
    return Buffer.concat([head, body]);
}

await serve(
    net.createServer(converse),
    (port) => `mongodb://127.0.0.1:${port}`,
);
