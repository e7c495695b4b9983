using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Judge;

/// <summary>
/// One question on its way: its request and how often that was sent. Attempts follow each other, so there is no lock.
/// </summary>
/// <param name="body">The request without its model.</param>
/// <param name="first">The endpoint that is asked first.</param>
internal sealed class JudgeCall(JObject body, JudgeEndpoint first)
{
    /// <summary>The request without its model.</summary>
    public JObject Body => body;

    /// <summary>The endpoint that was asked last.</summary>
    public JudgeEndpoint Endpoint { get; set; } = first;

    /// <summary>Tokens of the last prompt and reply as the server counts them; null: it does not.</summary>
    public int? Spent { get; set; }

    /// <summary>How many requests were sent.</summary>
    public int Attempts { get; set; }
}
