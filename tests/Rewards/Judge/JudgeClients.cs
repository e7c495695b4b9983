using System.Net;
using System.Net.Sockets;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Tests.Judge;

/// <summary>Clients of scripted servers, with short pauses and no cache.</summary>
internal static class JudgeClients
{
    public static JudgePrompt Prompt { get; } = new("rules", "question");

    public static OpenAiJudgeClient Client(
        ScriptedServer server, Func<JudgeOptions, JudgeOptions>? change = null, TimeProvider? time = null) =>
        Client(server.Endpoint, change, time);

    public static OpenAiJudgeClient Client(
        Uri endpoint, Func<JudgeOptions, JudgeOptions>? change = null, TimeProvider? time = null)
    {
        var options = new JudgeOptions
        {
            Endpoints = [endpoint],
            MaxAttempts = 4,
            RetryDelay = TimeSpan.FromMilliseconds(1),
            CacheEntries = 0,
        };
        return new OpenAiJudgeClient(change?.Invoke(options) ?? options, time ?? TimeProvider.System, () => 0.5);
    }

    public static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}/v1");
    }
}
