namespace R1Reward.Policy.Tokenization.Files;

/// <summary>A token that is found in the text before anything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">
/// Whether it controls the model (left out of decoded text on request) or only saves room.
/// </param>
internal sealed record AddedToken(int Id, string Content, bool Special);
