using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
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
    /// <exception cref="OperationCanceledException">The client has closed the connection.</exception>
    public static async Task<JObject> ReadAsync(HttpContext context, long maxBytes)
    {
        CheckHeaders(context.Request);
        try
        {
            using var reader = new StreamReader(context.Request.Body, _strictUtf8);
            return Parse(await reader.ReadToEndAsync(context.RequestAborted).ConfigureAwait(false));
        }
        catch (BadHttpRequestException refused)
        {
            throw new RefusedException(refused.StatusCode, refused.StatusCode == 413
                ? $"the body is larger than {maxBytes} bytes"
                : $"the body cannot be read: {refused.Message}");
        }
        catch (IOException broken) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new RefusedException(400, $"the body cannot be read: {broken.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw new RefusedException(400, "the body is not UTF-8");
        }
    }

    private static void CheckHeaders(HttpRequest request)
    {
        var type = request.ContentType ?? "";
        var name = type.Split(';')[0].Trim().ToLowerInvariant();
        if (!_types.Contains(name) && !name.EndsWith("+json", StringComparison.Ordinal))
        {
            throw new RefusedException(415, $"Content-Type {name} is not read: send JSON as application/json");
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
        }
        catch (JsonException wrong)
        {
            // The message ends in the same place once more, counted from 0.
            var what = wrong.Message.Split(" LineNumber:")[0].Split(" Path:")[0];
            var place = wrong.LineNumber is { } line ? $" (line {line + 1}, byte {wrong.BytePositionInLine + 1})" : "";
            throw new RefusedException(400, $"the body is not a JSON object that can be read: {what}{place}");
        }

        return JsonText.ParseObject(text) ?? throw new RefusedException(400, "the body is not a JSON object");
    }
}
