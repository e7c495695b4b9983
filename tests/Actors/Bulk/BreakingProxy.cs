using System.Net;
using System.Net.Sockets;

namespace R1Reward.Actors.Tests.Bulk;

/// <summary>
/// Passes TCP connections on and cuts each after some bytes of its answer; without a target it accepts them and is
/// silent.
/// </summary>
internal sealed class BreakingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<TcpClient> _silent = [];
    private readonly Uri? _target;
    private readonly long _bytes;
    private int _connections;
    private long _passed;

    public BreakingProxy(string? target, long bytes)
    {
        _target = target is null ? null : new Uri(target);
        _bytes = bytes;
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"http://{_listener.LocalEndpoint}";

    public int Connections => _connections;

    /// <summary>Bytes of answers that were passed on.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Stop();
        _silent.ForEach(client => client.Dispose());
    }

    private async Task AcceptAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_ending.Token);
            Interlocked.Increment(ref _connections);
            if (_target is null)
            {
                _silent.Add(client);
            }
            else
            {
                _ = PassAsync(client, _target);
            }
        }
    }

    private async Task PassAsync(TcpClient client, Uri target)
    {
        using (client)
        {
            using var server = new TcpClient();
            await server.ConnectAsync(target.Host, target.Port, _ending.Token);
            _ = client.GetStream().CopyToAsync(server.GetStream(), _ending.Token);
            var buffer = new byte[10_000];
            for (var left = _bytes; left > 0;)
            {
                var read = await server.GetStream().ReadAsync(buffer, _ending.Token);
                if (read == 0)
                {
                    return;
                }

                await client.GetStream().WriteAsync(buffer.AsMemory(0, read), _ending.Token);
                Interlocked.Add(ref _passed, read);
                left -= read;
            }
        }
    }
}
