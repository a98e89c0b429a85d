// refusing.mjs: a gRPC server that answers every call with an error, at once; a
// client asks a server that is gone for minutes.

// `grpc` is the module of @grpc/grpc-js; `streams` are the paths of methods
// with a stream for an answer, which Google's client asks for again and again
// unless there was a beginning of it. Gives { address, close() }.
export async function startRefusing(grpc, streams = []) {
    const server = new grpc.Server();
    const same = (bytes) => bytes;
    const refuse = (call) => {
        call.sendMetadata(new grpc.Metadata());
        const { PERMISSION_DENIED: code } = grpc.status;
        call.emit('error', { code, details: 'refused' });
    };
    for (const path of streams)
        server.register(path, refuse, same, same, 'serverStream');
    const port = await new Promise((resolve, reject) => {
        server.bindAsync(
            '127.0.0.1:0',
            grpc.ServerCredentials.createInsecure(),
            (err, bound) => (err ? reject(err) : resolve(bound)),
        );
    });
    return {
        address: `127.0.0.1:${port}`,
        close: () => server.forceShutdown(),
    };
}
