using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Serving;

/// <summary>Refusals as OpenAI clients read them.</summary>
public static class ChatErrors
{
    /// <summary>The body of a refusal.</summary>
    public static JObject Body(int status, string reason) => new()
    {
        ["error"] = new JObject { ["message"] = reason, ["type"] = status < 500 ? "invalid_request_error" : "server_error", ["code"] = status },
    };
}
