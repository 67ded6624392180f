namespace Rally.Bot.Roles.Reconciling;

/// <summary>Whom the reconciler is looking at.</summary>
internal sealed class MembersUnderWay
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ulong Guild, ulong User), Urgency> _members = [];
    private readonly HashSet<(ulong Guild, ulong User)> _dueAgain = [];

    /// <param name="member">Who is due.</param>
    /// <param name="ofOneGuild">So many sweeps of one guild at once.</param>
    /// <returns>False when not now: they are being looked at (then <see cref="End"/> will say that they are due again), or the guild has its share.</returns>
    public bool TryBegin(DirtyMember member, int ofOneGuild)
    {
        lock (_gate)
        {
            var key = (member.GuildId, member.UserId);
            if (_members.ContainsKey(key))
            {
                _dueAgain.Add(key);
                return false;
            }

            if (member.Urgency == Urgency.Sweep && _members.Count(one => one.Key.Guild == member.GuildId && one.Value == Urgency.Sweep) >= ofOneGuild)
                return false;
            _members[key] = member.Urgency;
            return true;
        }
    }

    /// <returns>Whether the member was found due meanwhile, possibly by a mark made after theirs was cleared.</returns>
    public bool End(DirtyMember member)
    {
        lock (_gate)
        {
            var key = (member.GuildId, member.UserId);
            _members.Remove(key);
            return _dueAgain.Remove(key);
        }
    }
}
