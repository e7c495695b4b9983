using R1Reward.Data;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>Refuses vocabularies that no text could be written in without loss.</summary>
internal static class VocabularyCheck
{
    /// <summary>Checks that ids are in range and each belongs to one token.</summary>
    /// <exception cref="UserErrorException">The first id that is not.</exception>
    public static void Run(string path, Dictionary<string, int> vocabulary)
    {
        var owners = new Dictionary<int, string>();
        foreach (var (token, id) in vocabulary)
        {
            TokenizerJson.RequireId(path, token, id);
            if (!owners.TryAdd(id, token))
            {
                throw new UserErrorException($"Tokenizer: {path} gives the id {id} to both {owners[id]} and {token}.");
            }
        }
    }
}
