using Newtonsoft.Json.Linq;

namespace R1Reward.Cli.Running;

/// <summary>The score of one response, by whatever model.</summary>
/// <param name="Score">
/// Of a scalar model the sum of its heads, of a judge the share of votes that the response won; what it is ranked by.
/// </param>
/// <param name="Logit">
/// Strength on a scale on which differences of two responses are logits of a preference: the sum of the heads on the
/// scale of training, or the strength of Bradley and Terry.
/// </param>
/// <param name="Parts">What the score is made of: the score of each head, or the votes.</param>
internal sealed record ResponseScore(double Score, double Logit, JProperty Parts);
