using System.Net.Http.Headers;
using System.Security.Cryptography;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Bulk;

/// <summary>
/// One file on its way from another node. A connection that breaks or falls silent is made again and goes on where it
/// was, as long as each gets a byte further or is among the first few.
/// </summary>
/// <param name="http">The client.</param>
/// <param name="url">Where the file is.</param>
/// <param name="to">Where its bytes go; empty at first.</param>
/// <param name="silence">How long nothing may come before the connection counts as broken.</param>
/// <param name="received">Told of the number of bytes of each part.</param>
internal sealed class Download(HttpClient http, string url, Stream to, TimeSpan silence, Action<int> received)
    : IDisposable
{
    private const int Tries = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[1 << 20];

    /// <summary>Fetches all bytes of the file, in as many connections as it takes.</summary>
    /// <returns>The SHA-256 of its bytes in lower-case hexadecimal digits.</returns>
    /// <exception cref="IOException">It cannot be had.</exception>
    public async Task<string> RunAsync(CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            var before = to.Length;
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
                tries = to.Length > before ? 1 : tries;
                if (tries >= Tries)
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
        if (to.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(to.Length, null);
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

            received(read);
            _digest.AppendData(_buffer, 0, read);
            await to.WriteAsync(_buffer.AsMemory(0, read), cancel);
        }
    }

    private static bool IsPassing(Exception broken) =>
        broken is HttpRequestException or IOException or OperationCanceledException && !FileFault.IsFullDisk(broken);

    private string Describe(Exception broken) => broken is OperationCanceledException
        ? $"nothing came for {silence.TotalSeconds} s"
        : broken.Message;
}
