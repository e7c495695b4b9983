using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Text;

namespace R1Reward.Rewards.Http;

/// <summary>
/// Reads the body of a request as a JSON object, strictly: RFC 8259 and nothing more, no field twice, at most
/// <see cref="MaxDepth"/> levels.
/// </summary>
internal static class JsonBody
{
    /// <summary>The most lists and objects inside each other.</summary>
    public const int MaxDepth = 64;

    private static readonly UTF8Encoding _strictUtf8 = new(false, throwOnInvalidBytes: true);

    private static readonly JsonDocumentOptions _strict = new()
    {
        AllowDuplicateProperties = false,
        MaxDepth = MaxDepth,
    };

    // What clients send that never name a type (curl, old trainers) is taken as JSON.
    private static readonly string[] _types =
        ["", "application/json", "text/json", "text/plain", "application/x-www-form-urlencoded"];

    /// <summary>The object that a body holds.</summary>
    /// <exception cref="RefusedException">It is too large, cut off, damaged, or something else.</exception>
    /// <exception cref="OperationCanceledException">The client has closed the connection, or is too slow.</exception>
    public static async Task<JObject> ReadAsync(HttpContext context, long maxBytes, CancellationToken cancel)
    {
        CheckHeaders(context.Request);
        try
        {
            return Parse(Text(await ReadAsync(context.Request, maxBytes, cancel).ConfigureAwait(false)));
        }
        catch (BadHttpRequestException refused)
        {
            throw new RefusedException(refused.StatusCode, $"the body cannot be read: {refused.Message}");
        }
        catch (IOException broken) when (!cancel.IsCancellationRequested)
        {
            throw new RefusedException(400, $"the body cannot be read: {broken.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw new RefusedException(400, "the body is not UTF-8");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpRequest request, long maxBytes, CancellationToken cancel)
    {
        using var held = new MemoryStream();
        var piece = new byte[1 << 16];
        var (length, isTooLarge) = (0L, request.ContentLength > maxBytes);

        // A client that is hung up on while it sends never reads why: as much again is read and thrown away.
        try
        {
            while (length <= 2 * maxBytes
                && await request.Body.ReadAsync(piece, cancel).ConfigureAwait(false) is > 0 and var count)
            {
                length += count;
                isTooLarge |= length > maxBytes;
                held.Write(piece, 0, isTooLarge ? 0 : count);
            }
        }
        catch (OperationCanceledException) when (isTooLarge)
        {
            // Enough has been thrown away.
        }

        return isTooLarge
            ? throw new RefusedException(413, $"the body is larger than {maxBytes} bytes")
            : held.GetBuffer().AsMemory(0, (int)held.Length);
    }

    // The mark of UTF-8, which some clients put before the text, is no part of it.
    private static string Text(ReadOnlyMemory<byte> body) =>
        _strictUtf8.GetString(body.Span.StartsWith(Encoding.UTF8.Preamble) ? body.Span[3..] : body.Span);

    private static void CheckHeaders(HttpRequest request)
    {
        var type = request.ContentType ?? "";
        var name = type.Split(';')[0].Trim().ToLowerInvariant();
        if (!_types.Contains(name) && !name.EndsWith("+json", StringComparison.Ordinal))
        {
            throw new RefusedException(415, $"Content-Type {name} is not read: send JSON as application/json");
        }

        if (MediaTypeHeaderValue.TryParse(type, out var parsed)
            && parsed.Charset.ToString().Trim('"') is { Length: > 0 } charset
            && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            && !charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedException(415, $"charset {charset} is not read: send the body in UTF-8");
        }

        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding and not "identity")
        {
            throw new RefusedException(415, $"Content-Encoding {encoding} is not read: send the body uncompressed");
        }
    }

    private static JObject Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, _strict);
            if (text.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
            {
                WholeCharacters.Require(document.RootElement);
            }
        }
        catch (System.Text.Json.JsonException wrong)
        {
            // The message ends in the same place once more, counted from 0.
            var what = wrong.Message.Split(" LineNumber:")[0].Split(" Path:")[0];
            var place = wrong.LineNumber is { } line ? $" (line {line + 1}, byte {wrong.BytePositionInLine + 1})" : "";
            throw new RefusedException(400, $"the body is not a JSON object that can be read: {what}{place}");
        }
        catch (InvalidOperationException)
        {
            throw new RefusedException(400, "the name of a field holds half of a surrogate pair");
        }

        return ParseObject(text);
    }

    private static JObject ParseObject(string text)
    {
        try
        {
            return JsonText.Parse(text) as JObject
                ?? throw new RefusedException(400, "the body is not a JSON object");
        }
        catch (JsonReaderException unheld)
        {
            // What is sound JSON and cannot be held nevertheless: whole numbers of hundreds of digits.
            throw new RefusedException(400, $"{unheld.Path} is a number that is too long to be read");
        }
    }
}
