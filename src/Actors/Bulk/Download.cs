using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Bulk;

/// <summary>
/// A part of a file on its way from another node. A connection that breaks or falls silent is made again and goes on
/// where it was, as long as each gets a byte further or is among the first few.
/// </summary>
/// <param name="http">The client.</param>
/// <param name="url">Where the file is.</param>
/// <param name="part">The part of it.</param>
/// <param name="to">Where its bytes go, each to its place in the file.</param>
/// <param name="silence">How long nothing may come before the connection counts as broken.</param>
/// <param name="tries">Connections without a byte after which it is given up.</param>
/// <param name="received">Told of the number of bytes as they come.</param>
internal sealed class Download(
    HttpClient http, string url, FilePart part, SafeFileHandle to, TimeSpan silence, int tries, Action<int> received)
    : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 20];
    private long _done;

    /// <summary>Bytes received so far over all connections, any beyond the part included.</summary>
    public long Done => _done;

    /// <summary>Fetches all bytes of the part, in as many connections as it takes.</summary>
    /// <returns>The SHA-256 of its bytes in lower-case hexadecimal digits.</returns>
    /// <exception cref="IOException">It cannot be had.</exception>
    public async Task<string> RunAsync(CancellationToken cancel)
    {
        for (var tried = 1; ; tried++)
        {
            var before = _done;
            try
            {
                await FetchRestAsync(cancel);
                return Convert.ToHexStringLower(_digest.GetHashAndReset());
            }
            catch (HttpRequestException refused) when (refused.StatusCode is not null)
            {
                throw new IOException($"{url}: {refused.Message}", refused);
            }
            catch (Exception broken) when (IsPassing(broken) && !cancel.IsCancellationRequested)
            {
                tried = _done > before ? 1 : tried;
                if (tried >= tries)
                {
                    throw new IOException($"{url}: {Describe(broken)}", broken);
                }
            }

            await Task.Delay(Pause, TimeProvider.System, cancel);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();

    private async Task FetchRestAsync(CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (_done > 0 || !part.IsWhole)
        {
            request.Headers.Range = new RangeHeaderValue(part.Start + _done, part.Start + part.Count - 1);
        }

        patience.CancelAfter(silence);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        response.EnsureSuccessStatusCode();
        await using var from = await response.Content.ReadAsStreamAsync(patience.Token);
        while (true)
        {
            patience.CancelAfter(silence);
            var read = await from.ReadAsync(_buffer, patience.Token);
            if (read == 0)
            {
                return;
            }

            // What comes in excess is not written into the part behind; the digest tells.
            received(read);
            _digest.AppendData(_buffer, 0, read);
            var room = (int)Math.Min(read, part.Count - _done);
            await RandomAccess.WriteAsync(to, _buffer.AsMemory(0, Math.Max(0, room)), part.Start + _done, cancel);
            _done += read;
        }
    }

    private static bool IsPassing(Exception broken) =>
        broken is HttpRequestException or IOException or OperationCanceledException && !FileFault.IsFullDisk(broken);

    private string Describe(Exception broken) => broken is OperationCanceledException
        ? $"nothing came for {silence.TotalSeconds} s"
        : broken.Message;
}
