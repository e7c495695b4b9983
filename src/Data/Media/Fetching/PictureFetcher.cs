using System.Net;
using System.Net.Sockets;

namespace R1Reward.Data.Media.Fetching;

/// <summary>
/// Fetches pictures from http and https addresses that strangers wrote: within limits of size, time and redirects, and
/// never from machines that <see cref="AddressRules"/> rules out. Names are resolved here, checked, and the checked
/// address is connected to, at every redirect again, so that a name cannot change between. Proxies, cookies and
/// compressed replies are not used. May be used from many threads at once.
/// </summary>
public sealed class PictureFetcher
{
    private const int AtOnce = 8;

    private readonly FetchOptions _options;
    private readonly Func<IPAddress, bool> _isAllowed;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <summary>A fetcher with limits.</summary>
    public PictureFetcher(FetchOptions options)
        : this(options, address => AddressRules.Allow(address, options.AllowPrivate), Dns.GetHostAddressesAsync)
    {
    }

    /// <summary>A fetcher whose rule and names a test sets.</summary>
    internal PictureFetcher(
        FetchOptions options,
        Func<IPAddress, bool> isAllowed,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve) =>
        (_options, _isAllowed, _resolve) = (options, isAllowed, resolve);

    /// <summary>The file of a picture.</summary>
    /// <exception cref="MediaException">It cannot be had, or is no picture; the reason is a phrase.</exception>
    public async Task<byte[]> FetchAsync(string address, CancellationToken cancellation)
    {
        await _places.WaitAsync(cancellation).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_options.Timeout, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectCallback = ConnectAsync,
            });
            http.DefaultRequestHeaders.Add("Accept", "image/*");
            http.DefaultRequestHeaders.Add("User-Agent", "r1reward");
            return await FollowAsync(http, UriOf(address), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MediaException(
                MediaStatus.TimedOut, $"was not fetched within {_options.Timeout.TotalSeconds:0.##} s");
        }
        catch (HttpRequestException refused) when (refused.InnerException is MediaException reason)
        {
            throw new MediaException(reason.Status, reason.Message);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new MediaException(MediaStatus.Unreadable, $"cannot be fetched: {broken.Message}");
        }
        finally
        {
            _places.Release();
        }
    }

    private static Uri UriOf(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.UserInfo.Length > 0)
        {
            throw new MediaException(
                MediaStatus.Unsupported, "is an address that is not fetched: only http and https are, without a login");
        }

        return uri;
    }

    private async Task<byte[]> FollowAsync(HttpClient http, Uri address, CancellationToken cancellation)
    {
        for (var hops = 0; ; hops++)
        {
            using var response = await http.GetAsync(
                address, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if ((int)response.StatusCode is not (>= 300 and < 400) || response.Headers.Location is not { } next)
            {
                return await ReadAsync(response, cancellation).ConfigureAwait(false);
            }

            if (hops == _options.MaxRedirects)
            {
                throw new MediaException(
                    MediaStatus.Unreadable, $"leads to another address more than {_options.MaxRedirects} times");
            }

            var target = UriOf(new Uri(address, next).AbsoluteUri);
            address = address.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps
                ? throw new MediaException(MediaStatus.Unreadable, "leads from https to http, which is not followed")
                : target;
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
        {
            var status = response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone
                ? MediaStatus.Missing
                : MediaStatus.Unreadable;
            throw new MediaException(status, $"is answered with {(int)response.StatusCode}");
        }

        RequireRoom(response.Content.Headers.ContentLength ?? 0);
        using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        using var file = new MemoryStream();
        var piece = new byte[1 << 16];
        while (await stream.ReadAsync(piece, cancellation).ConfigureAwait(false) is > 0 and var count)
        {
            file.Write(piece, 0, count);
            RequireRoom(file.Length);
        }

        var bytes = file.ToArray();
        return PictureFormat.MediaTypeOf(bytes) is not null ? bytes : throw new MediaException(
            MediaStatus.Unsupported,
            $"is neither PNG, JPEG, WebP nor GIF but {response.Content.Headers.ContentType?.MediaType ?? "unnamed"}");
    }

    private void RequireRoom(long length)
    {
        if (length > _options.MaxBytes)
        {
            throw new MediaException(MediaStatus.TooLarge, $"has more bytes than the limit of {_options.MaxBytes:N0}");
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var found = await _resolve(host, cancellation).ConfigureAwait(false);
        IPAddress[] allowed = [.. found.Where(_isAllowed)];
        if (allowed.Length == 0)
        {
            throw new MediaException(
                MediaStatus.Unreadable,
                $"is not fetched: {host} is no machine of the public network ({found.FirstOrDefault()})");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
