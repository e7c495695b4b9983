using R1Reward.Rewards.Judge;

namespace R1Reward.Actors.Configuration;

/// <summary>The remote judge.</summary>
/// <param name="Options">How it is asked; its endpoints are empty where the built-in judge is to be started.</param>
public sealed record JudgeSettings(JudgeOptions Options)
{
    /// <summary>Reads <c>r1reward.judge</c>.</summary>
    public static JudgeSettings Read(SettingsReader reader)
    {
        const string judge = "r1reward.judge.";
        var endpoints = reader.List(judge + "endpoints");
        if (endpoints.FirstOrDefault(endpoint => !Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")) is { } bad)
        {
            reader.Refuse(judge + "endpoints", $"{bad} is not an http address; write for example \"http://127.0.0.1:8000/v1\"");
            endpoints = [];
        }

        var keyName = reader.Text(judge + "api-key-env");
        if (keyName.Length > 0 && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(keyName)))
        {
            reader.Refuse(judge + "api-key-env", "the environment has no such variable; set it, or leave the key empty");
        }

        return new JudgeSettings(new JudgeOptions
        {
            Endpoints = [.. endpoints.Select(endpoint => new Uri(endpoint))],
            Model = reader.Text(judge + "model") is { Length: > 0 } model ? model : null,
            ApiKeyEnv = keyName.Length > 0 ? keyName : null,
            Timeout = reader.Duration(judge + "timeout"),
            Concurrency = reader.Whole(judge + "concurrency", 1),
            MaxAttempts = reader.Whole(judge + "max-attempts", 1, 100),
            Temperature = reader.Number(judge + "temperature", 0),
            MaxTokens = reader.Whole(judge + "max-tokens", 1),
            OnFailure = reader.OneOf<JudgeFailurePolicy>(judge + "on-failure"),
        });
    }
}
