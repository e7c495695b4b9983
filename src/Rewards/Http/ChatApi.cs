using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Http;

/// <summary>What servers of the OpenAI chat API have in common.</summary>
public static class ChatApi
{
    private const string Version = "/v1";

    /// <summary>The path of a request without the version, which clients may leave out: <c>/models</c>.</summary>
    public static string PathOf(HttpRequest request)
    {
        var path = JsonServer.PathOf(request);
        return path.StartsWith(Version + "/", StringComparison.Ordinal) ? path[Version.Length..] : path;
    }

    /// <summary>The list of the one model that a server has.</summary>
    public static JObject Models(string model) => new()
    {
        ["object"] = "list",
        ["data"] = new JArray(Model(model)),
    };

    /// <summary>A model as lists and the retrieve route show it; when it was made is not known.</summary>
    public static JObject Model(string model) => new()
    {
        ["id"] = model,
        ["object"] = "model",
        ["created"] = 0,
        ["owned_by"] = "r1reward",
    };

    /// <summary>What a server that is up says of itself.</summary>
    public static JObject Health() => new() { ["status"] = "ok" };

    /// <summary>The body of a refusal as OpenAI clients read it.</summary>
    public static JObject Refusal(int status, string reason)
    {
        var type = status < 500 ? "invalid_request_error" : "server_error";
        return new JObject
        {
            ["error"] = new JObject { ["message"] = reason, ["type"] = type, ["code"] = status },
        };
    }
}
