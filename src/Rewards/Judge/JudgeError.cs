using System.Globalization;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Judge;

/// <summary>What a server says is wrong.</summary>
/// <param name="Status">The HTTP status, or the code of an error inside a 200; 0 where it names none.</param>
/// <param name="Message">Its words: <c>error.message</c>, <c>error</c>, or the whole body.</param>
/// <param name="Code">Its word for programs (<c>error.code</c> or <c>error.type</c>); else empty.</param>
/// <example>
/// A gateway's <c>{"error": {"code": 502, "message": "upstream failed"}}</c> under status 200: 502, "upstream failed".
/// </example>
internal sealed record JudgeError(int Status, string Message, string Code)
{
    /// <summary>What the error means for the question.</summary>
    public JudgeFailureKind Kind => Status switch
    {
        // Waiting does not fill an account.
        429 => Code == "insufficient_quota" ? JudgeFailureKind.Rejected : JudgeFailureKind.RateLimited,
        408 or 409 or 425 => JudgeFailureKind.ServerError,
        501 or 505 => JudgeFailureKind.Rejected,
        >= 500 => JudgeFailureKind.ServerError,
        _ => JudgeFailureKind.Rejected,
    };

    /// <summary>
    /// Whether the question may be at fault (too long, against a policy). Keys, accounts and routes are not.
    /// </summary>
    public bool MayConcernTheQuestion => Status switch
    {
        0 => true,
        401 or 402 or 404 or 405 or 407 or 429 => false,
        _ => Kind == JudgeFailureKind.Rejected && Status is >= 400 and < 500,
    };

    /// <summary>The error of a reply whose status is one.</summary>
    public static JudgeError Read(JObject? body, int status, string text) => body?["error"] switch
    {
        JObject detail => Read(detail, status),
        null => new JudgeError(status, text, ""),
        var error => new JudgeError(status, error.ToString(), ""),
    };

    /// <summary>The error inside a reply of status 200, or of its first choice; null: there is none.</summary>
    public static JudgeError? Within(JObject? body)
    {
        var choice = (body?["choices"] as JArray)?.FirstOrDefault() as JObject;
        return (body?["error"] ?? choice?["error"]) switch
        {
            JObject { Count: > 0 } detail => Read(detail, StatusOf(detail["code"])),
            JValue { Value: string { Length: > 0 } text } => new JudgeError(0, text, ""),
            _ => null,
        };
    }

    private static JudgeError Read(JObject detail, int status) => new(
        status,
        detail["message"] is JValue { Value: string message } ? message : detail.ToString(),
        (detail["code"] ?? detail["type"]) is JValue { Value: string code } ? code : "");

    private static int StatusOf(JToken? code) =>
        code is JValue { Value: not null } value
        && int.TryParse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture, out var status)
        && status is >= 400 and < 600
            ? status
            : 0;
}
